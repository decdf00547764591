package io.gauntlet.attacks.patch;

import io.gauntlet.model.Check;

/** Where on an image a patch is put; always upright and whole. */
public sealed interface Where {
  /**
   * At one place.
   *
   * @param top line of the patch's first line; at least 0
   * @param left column of the patch's first column; at least 0
   */
  record At(int top, int left) implements Where {
    /** Checks that it is on the image's side of its corner. */
    public At {
      Check.atLeast(0, top, "top");
      Check.atLeast(0, left, "left");
    }
  }

  /**
   * At random places, for each example its own, until one fools.
   *
   * @param places how many; at least 1
   */
  record Random(int places) implements Where {
    /** Checks that there is a place. */
    public Random {
      Check.atLeast(1, places, "places");
    }
  }

  /**
   * At every place of a grid, line by line, until one fools.
   *
   * @param stride pixels between two places; at least 1
   */
  record Everywhere(int stride) implements Where {
    /** Checks that it goes on. */
    public Everywhere {
      Check.atLeast(1, stride, "stride");
    }
  }
}
