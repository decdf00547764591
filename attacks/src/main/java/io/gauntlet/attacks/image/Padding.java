package io.gauntlet.attacks.image;

/** What shows where a moved image leaves its frame empty. */
public enum Padding {
  /** The smallest legal value of each feature, which is black. */
  BLACK,
  /** The nearest pixel of the image. */
  EDGE
}
