package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;
import java.util.Arrays;

/**
 * Every pixel becomes the median of the square around it, each channel on its own.
 *
 * <p>Follows Xu, Evans, Qi: <a href="https://arxiv.org/abs/1704.01155">Feature Squeezing</a>, NDSS
 * 2018, whose filter is SciPy's: a square of even side reaches one pixel further to the left and
 * up, of an even number of values the larger middle one is the median, and beyond the border the
 * image is mirrored.
 *
 * <p>An output is always one of the inputs, so that the derivative is exact wherever no two values
 * are equal; among equals the first one carries it.
 *
 * @param side of the square in pixels; at least 1
 */
public record MedianSmoothing(int side) implements Preprocessing {
  /** Checks the range. */
  public MedianSmoothing {
    Check.atLeast(1, side, "side");
  }

  @Override
  public Batch apply(Batch inputs, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    return inputs.editRows(
        (row, x) -> {
          int[] medians = medians(x, image);
          float[] before = x.clone();
          for (int j = 0; j < x.length; j++) {
            x[j] = before[medians[j]];
          }
        });
  }

  @Override
  public Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    return byOutput.editRows(
        (row, slope) -> {
          int[] medians = medians(inputs.row(row), image);
          float[] from = slope.clone();
          Arrays.fill(slope, 0);
          for (int j = 0; j < from.length; j++) {
            slope[medians[j]] += from[j];
          }
        });
  }

  /** Which pixel every pixel becomes. */
  private int[] medians(float[] x, ImageShape image) {
    int[] medians = new int[x.length];
    int[] window = new int[side * side];
    int pixel = 0;
    for (int channel = 0; channel < image.channels(); channel++) {
      for (int line = 0; line < image.height(); line++) {
        for (int column = 0; column < image.width(); column++) {
          int count = 0;
          for (int down = -(side / 2); down < side - side / 2; down++) {
            int start =
                channel * image.area() + Mirror.of(line + down, image.height()) * image.width();
            for (int right = -(side / 2); right < side - side / 2; right++) {
              insert(start + Mirror.of(column + right, image.width()), window, count++, x);
            }
          }
          medians[pixel++] = window[count / 2];
        }
      }
    }
    return medians;
  }

  /** Keeps the first {@code count} positions of the window in the order of their values. */
  private static void insert(int position, int[] window, int count, float[] x) {
    int place = count;
    while (place > 0 && x[window[place - 1]] > x[position]) {
      window[place] = window[place - 1];
      place--;
    }
    window[place] = position;
  }

  @Override
  public String route() {
    return "exact gradient";
  }
}
