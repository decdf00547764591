package io.gauntlet.attacks.poisoning.trigger;

/** A corner of an image, which a position is counted from. */
public enum Corner {
  /** First line, first column. */
  TOP_LEFT,
  /** First line, last column. */
  TOP_RIGHT,
  /** Last line, first column. */
  BOTTOM_LEFT,
  /** Last line, last column. */
  BOTTOM_RIGHT;

  /** First line of a thing so many lines high, so many lines away from this corner's rim. */
  int top(int lines, int side, int away) {
    return this == TOP_LEFT || this == TOP_RIGHT ? away : lines - side - away;
  }

  /** First column of a thing so many columns wide, so many columns away from this corner's rim. */
  int left(int columns, int side, int away) {
    return this == TOP_LEFT || this == BOTTOM_LEFT ? away : columns - side - away;
  }
}
