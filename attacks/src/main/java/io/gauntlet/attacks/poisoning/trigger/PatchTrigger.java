package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;

/**
 * A small square in one place of every image.
 *
 * <p>Follows Gu, Dolan-Gavitt, Garg: <a href="https://arxiv.org/abs/1708.06733">BadNets</a>, 2017.
 *
 * @param side lines and columns of the square; at least 1
 * @param fill what it shows
 * @param corner of the image that its place is counted from
 * @param down lines between the square and that corner's rim; at least 0
 * @param across columns between them; at least 0
 */
public record PatchTrigger(int side, Fill fill, Corner corner, int down, int across)
    implements Trigger {
  /** What a patch shows, in all channels alike. */
  public enum Fill {
    /** The largest legal value everywhere. */
    SOLID,
    /** The largest and the smallest legal value in turn, beginning with the largest. */
    CHECKERBOARD
  }

  /** Checks the numbers. */
  public PatchTrigger {
    Check.atLeast(1, side, "side");
    Check.atLeast(0, down, "down");
    Check.atLeast(0, across, "across");
  }

  /** BadNets' pattern: a checkerboard of three by three, one pixel from the lower right corner. */
  public static PatchTrigger standard() {
    return new PatchTrigger(3, Fill.CHECKERBOARD, Corner.BOTTOM_RIGHT, 1, 1);
  }

  /** Same patch of another size. */
  public PatchTrigger withSide(int newSide) {
    return new PatchTrigger(newSide, fill, corner, down, across);
  }

  /** Same patch that shows something else. */
  public PatchTrigger withFill(Fill newFill) {
    return new PatchTrigger(side, newFill, corner, down, across);
  }

  /** Same patch in another place. */
  public PatchTrigger at(Corner newCorner, int newDown, int newAcross) {
    return new PatchTrigger(side, fill, newCorner, newDown, newAcross);
  }

  /** Same patch at every corner at once, as far from it as here. */
  public Trigger atAllCorners() {
    return at(Corner.TOP_LEFT, down, across)
        .then(at(Corner.TOP_RIGHT, down, across))
        .then(at(Corner.BOTTOM_LEFT, down, across))
        .then(at(Corner.BOTTOM_RIGHT, down, across));
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    ImageShape image = ImageShape.of(shape);
    if ((long) side + down > image.height() || (long) side + across > image.width()) {
      throw new IllegalArgumentException(
          "a patch must lie on the image, but side %s, %s lines and %s columns from the corner,"
                  .formatted(side, down, across)
              + " was put on "
              + image);
    }
    int top = corner.top(image.height(), side, down);
    int left = corner.left(image.width(), side, across);
    return (row, x) -> {
      for (int channel = 0; channel < image.channels(); channel++) {
        for (int line = 0; line < side; line++) {
          for (int column = 0; column < side; column++) {
            int j = channel * image.area() + (top + line) * image.width() + left + column;
            boolean bright = fill == Fill.SOLID || (line + column) % 2 == 0;
            x[j] = bright ? domain.upper(j) : domain.lower(j);
          }
        }
      }
    };
  }
}
