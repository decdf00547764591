package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;
import java.util.function.UnaryOperator;

/**
 * Every pixel becomes a mean of those around it, weighted by a normal density of their distance,
 * each channel on its own.
 *
 * <p>The density is cut at four deviations, beyond the border the image is mirrored, as in SciPy. A
 * linear layer in front of the net: its derivative is exact, and it hides nothing from anybody.
 *
 * @param deviation of the density in pixels; finite, positive
 */
public record GaussianSmoothing(float deviation) implements Preprocessing {
  private static final int REACH = 4; // deviations

  /** Checks the range. */
  public GaussianSmoothing {
    Check.positive(deviation, "deviation");
  }

  @Override
  public Batch apply(Batch inputs, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    float[] kernel = kernel();
    return inputs.editRows(
        (row, x) -> {
          for (int channel = 0; channel < image.channels(); channel++) {
            alongLines(x, channel, image, line -> gathered(line, kernel));
            alongColumns(x, channel, image, column -> gathered(column, kernel));
          }
        });
  }

  @Override
  public Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    float[] kernel = kernel();
    return byOutput.editRows(
        (row, slope) -> {
          for (int channel = 0; channel < image.channels(); channel++) {
            alongColumns(slope, channel, image, column -> scattered(column, kernel));
            alongLines(slope, channel, image, line -> scattered(line, kernel));
          }
        });
  }

  private float[] kernel() {
    int reach = (int) (REACH * deviation + 0.5);
    float[] kernel = new float[2 * reach + 1];
    double sum = 0;
    for (int k = -reach; k <= reach; k++) {
      sum += density(k);
    }
    for (int k = -reach; k <= reach; k++) {
      kernel[reach + k] = (float) (density(k) / sum);
    }
    return kernel;
  }

  private double density(int distance) {
    double scaled = distance / (double) deviation;
    return Math.exp(-scaled * scaled / 2);
  }

  private static float[] gathered(float[] line, float[] kernel) {
    float[] smooth = new float[line.length];
    for (int i = 0; i < line.length; i++) {
      for (int k = 0; k < kernel.length; k++) {
        smooth[i] += kernel[k] * line[Mirror.of(i + k - kernel.length / 2, line.length)];
      }
    }
    return smooth;
  }

  /** The transpose of {@link #gathered}. */
  private static float[] scattered(float[] line, float[] kernel) {
    float[] spread = new float[line.length];
    for (int i = 0; i < line.length; i++) {
      for (int k = 0; k < kernel.length; k++) {
        spread[Mirror.of(i + k - kernel.length / 2, line.length)] += kernel[k] * line[i];
      }
    }
    return spread;
  }

  private static void alongLines(
      float[] x, int channel, ImageShape image, UnaryOperator<float[]> edit) {
    for (int line = 0; line < image.height(); line++) {
      edit(x, channel * image.area() + line * image.width(), 1, image.width(), edit);
    }
  }

  private static void alongColumns(
      float[] x, int channel, ImageShape image, UnaryOperator<float[]> edit) {
    for (int column = 0; column < image.width(); column++) {
      edit(x, channel * image.area() + column, image.width(), image.height(), edit);
    }
  }

  private static void edit(
      float[] x, int start, int stride, int count, UnaryOperator<float[]> edit) {
    float[] line = new float[count];
    for (int i = 0; i < count; i++) {
      line[i] = x[start + i * stride];
    }
    float[] edited = edit.apply(line);
    for (int i = 0; i < count; i++) {
      x[start + i * stride] = edited[i];
    }
  }

  @Override
  public String route() {
    return "exact gradient";
  }
}
