package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Shrinks every image to a random size and puts it in a random place on black.
 *
 * <p>Follows Xie, Wang, Zhang, Ren, Yuille: <a href="https://arxiv.org/abs/1711.01991">Mitigating
 * Adversarial Effects Through Randomization</a>, ICLR 2018. Differs from it in two ways. Images
 * shrink instead of growing, so that the net behind needs no second input size. Pixels are
 * interpolated linearly instead of taken from the nearest one.
 *
 * <p>For one draw a linear map, whose derivative is exact; attackers average over draws, as
 * Athalye, Carlini, Wagner did: <a href="https://arxiv.org/abs/1802.00420">Obfuscated Gradients
 * Give a False Sense of Security</a>, ICML 2018.
 *
 * @param smallest height of the smallest image by that of the original, the width keeps the
 *     proportion; above 0, at most 1
 */
public record RandomResizePad(float smallest) implements Preprocessing {
  /** Checks the range. */
  public RandomResizePad {
    if (!(smallest > 0 && smallest <= 1)) {
      throw new IllegalArgumentException(
          "smallest must be above 0 and at most 1, but was " + smallest);
    }
  }

  /** Sizes from nine tenths on: the paper's 299 of 331 pixels. */
  public static RandomResizePad standard() {
    return new RandomResizePad(0.9f);
  }

  @Override
  public boolean isRandom() {
    return true;
  }

  @Override
  public Batch apply(Batch inputs, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    return inputs.editRows(
        (row, x) -> {
          float[] from = x.clone();
          Arrays.fill(x, 0);
          placement(image, draw.of(inputs, row))
              .forEach((to, at, share) -> x[to] += share * from[at]);
        });
  }

  @Override
  public Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    return byOutput.editRows(
        (row, slope) -> {
          float[] from = slope.clone();
          Arrays.fill(slope, 0);
          placement(image, draw.of(inputs, row))
              .forEach((to, at, share) -> slope[at] += share * from[to]);
        });
  }

  private Placement placement(ImageShape image, RandomGenerator random) {
    int least = Math.max(1, Math.round(smallest * image.height()));
    int height = random.nextInt(least, image.height() + 1);
    int width = Math.max(1, Math.round((float) image.width() * height / image.height()));
    int top = random.nextInt(image.height() - height + 1);
    int left = random.nextInt(image.width() - width + 1);
    return new Placement(image, height, width, top, left);
  }

  /** An entry of the matrix of a linear map of images. */
  @FunctionalInterface
  private interface Entry {
    void is(int to, int from, float share);
  }

  /** An image at this size in this place. */
  private record Placement(ImageShape image, int height, int width, int top, int left) {
    void forEach(Entry entry) {
      for (int line = 0; line < height; line++) {
        Between vertical = Between.of(line, height, image.height());
        for (int column = 0; column < width; column++) {
          Between across = Between.of(column, width, image.width());
          for (int channel = 0; channel < image.channels(); channel++) {
            int start = channel * image.area();
            int to = start + (top + line) * image.width() + left + column;
            int above = start + vertical.first * image.width();
            int below = start + vertical.second * image.width();
            entry.is(to, above + across.first, (1 - vertical.share) * (1 - across.share));
            entry.is(to, above + across.second, (1 - vertical.share) * across.share);
            entry.is(to, below + across.first, vertical.share * (1 - across.share));
            entry.is(to, below + across.second, vertical.share * across.share);
          }
        }
      }
    }
  }

  /** Two neighbouring pixels, and the second one's share in what lies between them. */
  private record Between(int first, int second, float share) {
    /** Where the centre of a pixel of a line lies if the line is one of {@code size} pixels. */
    static Between of(int pixel, int of, int size) {
      float centre = Math.min(size - 1, Math.max(0, (pixel + 0.5f) * size / of - 0.5f));
      int first = (int) centre;
      return new Between(first, Math.min(size - 1, first + 1), centre - first);
    }
  }

  @Override
  public String route() {
    return "exact gradient of each draw";
  }
}
