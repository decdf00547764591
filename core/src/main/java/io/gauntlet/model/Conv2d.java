package io.gauntlet.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of images, padded with zeros.
 *
 * @param weights shape (output channels, {@code channels / groups * rows.kernel * columns.kernel}),
 *     finite
 * @param bias shape (1, output channels), finite
 * @param channels input channels; at least 1
 * @param rows from top to bottom
 * @param columns from left to right
 * @param groups parts that the channels are cut into, each seeing its own inputs only; a divisor of
 *     both numbers of channels
 */
public record Conv2d(Batch weights, Batch bias, int channels, Axis rows, Axis columns, int groups)
    implements Layer.Linear {

  /**
   * One axis of the image.
   *
   * @param size pixels; at least 1
   * @param kernel weights; at least 1
   * @param stride pixels from one output to the next; at least 1
   * @param before zeros in front; at least 0
   * @param after zeros behind; at least 0
   * @param dilation pixels from one weight to the next; at least 1
   */
  public record Axis(int size, int kernel, int stride, int before, int after, int dilation) {
    /** Checks the ranges, and that the kernel fits. */
    public Axis {
      Check.atLeast(1, size, "size");
      Check.atLeast(1, kernel, "kernel");
      Check.atLeast(1, stride, "stride");
      Check.atLeast(0, before, "padding before");
      Check.atLeast(0, after, "padding after");
      Check.atLeast(1, dilation, "dilation");
      Check.atLeast(dilation * (kernel - 1L) + 1, (long) size + before + after, "padded size");
    }

    /** Neither stretched nor padded differently at its ends. */
    public static Axis of(int size, int kernel, int stride, int padding) {
      return new Axis(size, kernel, stride, padding, padding, 1);
    }

    /** Pixels that come out. */
    public int outputs() {
      return (size + before + after - dilation * (kernel - 1) - 1) / stride + 1;
    }

    /** The pixel that an output sees through a weight, which may lie in the padding. */
    public int seen(int output, int weight) {
      return output * stride - before + weight * dilation;
    }

    /** The first output that sees a pixel of the image through this weight. */
    public int firstSeeing(int weight) {
      return Math.max(0, Math.floorDiv(before - weight * dilation + stride - 1, stride));
    }

    /** The first of those beyond. */
    public int endOfSeeing(int weight) {
      return Math.min(outputs(), Math.floorDiv(size - 1 + before - weight * dilation, stride) + 1);
    }

    boolean holds(int pixel) {
      return pixel >= 0 && pixel < size;
    }
  }

  /** Checks that the sizes fit. */
  public Conv2d {
    Check.atLeast(1, channels, "channels");
    Check.atLeast(1, groups, "groups");
    if (channels % groups != 0 || weights.rows() % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide %s input and %s output channels, but were %s"
              .formatted(channels, weights.rows(), groups));
    }
    int width = channels / groups * rows.kernel() * columns.kernel();
    if (weights.width() != width) {
      throw new IllegalArgumentException(
          "a convolution of these sizes needs %s weights for each output channel, but had %s"
              .formatted(width, weights.width()));
    }
    if (bias.rows() != 1 || bias.width() != weights.rows()) {
      throw new IllegalArgumentException(
          "a convolution to %s channels needs one bias row of as many values, but had %s"
              .formatted(weights.rows(), bias));
    }
  }

  @Override
  public int inputs() {
    return channels * rows.size() * columns.size();
  }

  @Override
  public int outputs() {
    return weights.rows() * pixels();
  }

  private int pixels() {
    return rows.outputs() * columns.outputs();
  }

  private int channelsSeen() {
    return channels / groups;
  }

  private int channelsOfGroup() {
    return weights.rows() / groups;
  }

  @Override
  public double bias(int output) {
    return bias.get(0, output / pixels());
  }

  @Override
  public int terms() {
    return rows.kernel() * columns.kernel() * Math.max(channelsSeen(), channelsOfGroup());
  }

  @Override
  public double[] apply(double[] x) {
    double[] y = new double[outputs()];
    for (int o = 0, at = 0; o < weights.rows(); o++) {
      int firstSeen = o / channelsOfGroup() * channelsSeen();
      for (int row = 0; row < rows.outputs(); row++) {
        for (int column = 0; column < columns.outputs(); column++, at++) {
          y[at] = bias.get(0, o) + seen(x, o, firstSeen, row, column);
        }
      }
    }
    return y;
  }

  private double seen(double[] x, int o, int firstSeen, int row, int column) {
    double sum = 0;
    int tap = 0;
    for (int c = firstSeen; c < firstSeen + channelsSeen(); c++) {
      for (int k = 0; k < rows.kernel(); k++) {
        int i = rows.seen(row, k);
        if (!rows.holds(i)) {
          tap += columns.kernel();
          continue;
        }
        int line = (c * rows.size() + i) * columns.size();
        for (int l = 0; l < columns.kernel(); l++, tap++) {
          int j = columns.seen(column, l);
          if (columns.holds(j)) {
            sum += weights.get(o, tap) * x[line + j];
          }
        }
      }
    }
    return sum;
  }

  /** The transposed convolution. All channels of one pixel see the same inputs. */
  @Override
  public void addTransposed(double[] @Nullable [] byOutput, double[] @Nullable [] byInput) {
    for (int row = 0, pixel = 0; row < rows.outputs(); row++) {
      for (int column = 0; column < columns.outputs(); column++, pixel++) {
        for (int group = 0; group < groups; group++) {
          int first = group * channelsOfGroup() * pixels() + pixel;
          for (int[] block : Columns.blocks(byOutput, first, pixels(), channelsOfGroup())) {
            double[][] forms = new double[block.length][];
            for (int i = 0; i < block.length; i++) {
              forms[i] = Objects.requireNonNull(byOutput[first + block[i] * pixels()]);
              block[i] += group * channelsOfGroup();
            }
            spread(forms, block, byInput, group * channelsSeen(), row, column);
          }
        }
      }
    }
  }

  private void spread(
      double[][] forms,
      int[] block,
      double[] @Nullable [] byInput,
      int firstSeen,
      int row,
      int column) {
    int tap = 0;
    for (int c = firstSeen; c < firstSeen + channelsSeen(); c++) {
      for (int k = 0; k < rows.kernel(); k++) {
        int i = rows.seen(row, k);
        for (int l = 0; l < columns.kernel(); l++, tap++) {
          int j = columns.seen(column, l);
          if (rows.holds(i) && columns.holds(j)) {
            int at = (c * rows.size() + i) * columns.size() + j;
            Columns.add(weights, block, tap, forms, byInput, at);
          }
        }
      }
    }
  }

  @Override
  public Layer.Linear absolute() {
    return new Conv2d(Columns.absolute(weights), bias.times(0), channels, rows, columns, groups);
  }
}
