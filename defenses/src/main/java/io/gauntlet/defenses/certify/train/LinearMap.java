package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Conv2d.Axis;
import io.gauntlet.model.Mlp;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where the weights of a linear layer go, run on many rows at once in 32 bits. A dense layer is a
 * convolution of images of one pixel.
 *
 * <p>Values are {@code [feature][row]}, so that inner loops run over rows that lie side by side,
 * which compilers make as wide as the processor is. Weights are {@code [output channel][tap]}.
 * Features that are zero in all rows cost nothing: under intervals most ReLUs are off for good.
 */
final class LinearMap {
  private final int inputs;
  private final int channels; // that leave
  private final int taps; // weights of each of them
  private final int[][] tapsAt; // by output pixel: the weights that lie on the image
  private final int[][] featuresAt; // by output pixel: the feature under each of them

  private LinearMap(int inputs, int channels, int taps, int[][] tapsAt, int[][] featuresAt) {
    this.inputs = inputs;
    this.channels = channels;
    this.taps = taps;
    this.tapsAt = tapsAt;
    this.featuresAt = featuresAt;
  }

  static LinearMap of(Mlp.Dense dense) {
    int[][] all = {IntStream.range(0, dense.inputs()).toArray()};
    return new LinearMap(dense.inputs(), dense.outputs(), dense.inputs(), all, all);
  }

  /** A convolution, which must have one group. */
  static LinearMap of(Conv2d conv) {
    Axis rows = conv.rows();
    Axis columns = conv.columns();
    int taps = conv.weights().width();
    int pixels = rows.outputs() * columns.outputs();
    int[][] tapsAt = new int[pixels][];
    int[][] featuresAt = new int[pixels][];
    for (int pixel = 0; pixel < pixels; pixel++) {
      int top = pixel / columns.outputs() * rows.stride() - rows.before();
      int left = pixel % columns.outputs() * columns.stride() - columns.before();
      IntStream.Builder here = IntStream.builder();
      IntStream.Builder under = IntStream.builder();
      for (int tap = 0; tap < taps; tap++) {
        int channel = tap / columns.kernel() / rows.kernel();
        int i = top + tap / columns.kernel() % rows.kernel() * rows.dilation();
        int j = left + tap % columns.kernel() * columns.dilation();
        if (i >= 0 && i < rows.size() && j >= 0 && j < columns.size()) {
          here.add(tap);
          under.add((channel * rows.size() + i) * columns.size() + j);
        }
      }
      tapsAt[pixel] = here.build().toArray();
      featuresAt[pixel] = under.build().toArray();
    }
    return new LinearMap(conv.inputs(), conv.weights().rows(), taps, tapsAt, featuresAt);
  }

  int inputs() {
    return inputs;
  }

  /** Output channels, each with one bias. */
  int channels() {
    return channels;
  }

  /** Weights of one output channel. */
  int taps() {
    return taps;
  }

  /** Outputs of one channel. */
  int pixels() {
    return tapsAt.length;
  }

  /** {@code weights * x}. */
  float[][] apply(float[][] weights, float[][] x) {
    int pixels = pixels();
    float[][] y = new float[channels * pixels][x[0].length];
    boolean[] isZero = areZero(x);
    for (int pixel = 0; pixel < pixels; pixel++) {
      int[] tap = tapsAt[pixel];
      int[] feature = featuresAt[pixel];
      int[] live = IntStream.range(0, tap.length).filter(t -> !isZero[feature[t]]).toArray();
      int i = 0;
      for (; i + Axpy.BLOCK <= live.length; i += Axpy.BLOCK) {
        int t0 = live[i];
        int t1 = live[i + 1];
        int t2 = live[i + 2];
        int t3 = live[i + 3];
        for (int o = 0; o < channels; o++) {
          Axpy.add(
              y[o * pixels + pixel],
              weights[o][tap[t0]],
              x[feature[t0]],
              weights[o][tap[t1]],
              x[feature[t1]],
              weights[o][tap[t2]],
              x[feature[t2]],
              weights[o][tap[t3]],
              x[feature[t3]]);
        }
      }
      for (; i < live.length; i++) {
        int t = live[i];
        for (int o = 0; o < channels; o++) {
          Axpy.add(y[o * pixels + pixel], weights[o][tap[t]], x[feature[t]]);
        }
      }
    }
    return y;
  }

  /** {@code weights^T * y}. */
  float[][] applyTransposed(float[][] weights, float[][] y) {
    int pixels = pixels();
    float[][] x = new float[inputs][y[0].length];
    boolean[] isZero = areZero(y);
    for (int pixel = 0; pixel < pixels; pixel++) {
      int[] tap = tapsAt[pixel];
      int[] feature = featuresAt[pixel];
      int[] live = liveChannels(isZero, pixel);
      int i = 0;
      for (; i + Axpy.BLOCK <= live.length; i += Axpy.BLOCK) {
        int o0 = live[i];
        int o1 = live[i + 1];
        int o2 = live[i + 2];
        int o3 = live[i + 3];
        for (int t = 0; t < tap.length; t++) {
          Axpy.add(
              x[feature[t]],
              weights[o0][tap[t]],
              y[o0 * pixels + pixel],
              weights[o1][tap[t]],
              y[o1 * pixels + pixel],
              weights[o2][tap[t]],
              y[o2 * pixels + pixel],
              weights[o3][tap[t]],
              y[o3 * pixels + pixel]);
        }
      }
      for (; i < live.length; i++) {
        int o = live[i];
        for (int t = 0; t < tap.length; t++) {
          Axpy.add(x[feature[t]], weights[o][tap[t]], y[o * pixels + pixel]);
        }
      }
    }
    return x;
  }

  /**
   * Adds, over all rows, the products of what enters and what leaves that each weight joins: the
   * derivative by the weights, if {@code y} is that by the outputs.
   */
  void addProducts(float[][] y, float[][] x, float[][] byWeight) {
    int rows = x[0].length;
    boolean[] isZero = areZero(y);
    float[][] patch = new float[rows][taps];
    for (int pixel = 0; pixel < pixels(); pixel++) {
      int[] live = liveChannels(isZero, pixel);
      if (live.length == 0) {
        continue;
      }
      fill(patch, pixel, x);
      int row = 0;
      for (; row + Axpy.BLOCK <= rows; row += Axpy.BLOCK) {
        for (int o : live) {
          float[] output = y[o * pixels() + pixel];
          Axpy.add(
              byWeight[o],
              output[row],
              patch[row],
              output[row + 1],
              patch[row + 1],
              output[row + 2],
              patch[row + 2],
              output[row + 3],
              patch[row + 3]);
        }
      }
      for (; row < rows; row++) {
        for (int o : live) {
          Axpy.add(byWeight[o], y[o * pixels() + pixel][row], patch[row]);
        }
      }
    }
  }

  /** What the weights see of each row at one pixel: zero where they lie on the padding. */
  private void fill(float[][] patch, int pixel, float[][] x) {
    int[] tap = tapsAt[pixel];
    int[] feature = featuresAt[pixel];
    if (tap.length < taps) {
      for (float[] row : patch) {
        Arrays.fill(row, 0);
      }
    }
    for (int t = 0; t < tap.length; t++) {
      float[] values = x[feature[t]];
      for (int row = 0; row < values.length; row++) {
        patch[row][tap[t]] = values[row];
      }
    }
  }

  private int[] liveChannels(boolean[] isZero, int pixel) {
    return IntStream.range(0, channels).filter(o -> !isZero[o * pixels() + pixel]).toArray();
  }

  private static boolean[] areZero(float[][] values) {
    boolean[] areZero = new boolean[values.length];
    for (int j = 0; j < areZero.length; j++) {
      areZero[j] = isZero(values[j]);
    }
    return areZero;
  }

  private static boolean isZero(float[] row) {
    for (float value : row) {
      if (value != 0) { // nor is NaN
        return false;
      }
    }
    return true;
  }
}
