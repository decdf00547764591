package io.gauntlet.attacks.patch;

/** Outline of a patch. */
public enum Form {
  /** All of its pixels. */
  SQUARE {
    @Override
    float sideFor(float area) {
      return (float) Math.sqrt(area);
    }

    @Override
    boolean covers(float down, float right, float radius) {
      return true;
    }
  },
  /** The pixels whose centre is no farther from the patch's than half its side. */
  CIRCLE {
    @Override
    float sideFor(float area) {
      return (float) (2 * Math.sqrt(area / Math.PI));
    }

    @Override
    boolean covers(float down, float right, float radius) {
      return down * down + right * right <= radius * radius;
    }
  };

  /** Side of the patch of this form that covers so many pixels. */
  abstract float sideFor(float area);

  /** Whether the patch covers the pixel that lies here from its centre. */
  abstract boolean covers(float down, float right, float radius);

  /** Which pixels of a square of this side are part of the patch, line by line. */
  boolean[] opaque(int side) {
    boolean[] opaque = new boolean[side * side];
    float centre = (side - 1) / 2f;
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        opaque[row * side + column] = covers(row - centre, column - centre, side / 2f);
      }
    }
    return opaque;
  }
}
