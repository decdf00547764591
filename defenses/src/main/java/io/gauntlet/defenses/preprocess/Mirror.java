package io.gauntlet.defenses.preprocess;

/** What lies beyond the border of an image: the image again, back to front, border included. */
final class Mirror {
  private Mirror() {}

  /** The position from 0 to {@code size - 1} that {@code position} shows. */
  static int of(int position, int size) {
    int turn = Math.floorMod(position, 2 * size);
    return turn < size ? turn : 2 * size - 1 - turn;
  }
}
