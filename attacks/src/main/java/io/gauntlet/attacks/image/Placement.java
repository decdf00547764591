package io.gauntlet.attacks.image;

import io.gauntlet.model.ImageShape;
import java.util.Arrays;

/**
 * One image laid over another one, the canvas. Each covered pixel of the canvas becomes the
 * weighted mean of the four nearest pixels of the image and, at the image's rim, of what was there
 * before (bilinear interpolation). That is a linear map, so that gradients go through it backwards.
 *
 * <p>Exact where pixels fall on pixels: at scale 1, for shifts by whole pixels and, where image and
 * canvas have one parity, turns by multiples of 90 degrees. Below scale 1 pixels are left out, not
 * averaged.
 */
public final class Placement {
  private static final int NEIGHBOURS = 4;

  private final int imageArea;
  private final int canvasArea;
  private final int[] covered; // pixels of the canvas that change
  private final float[] kept; // share of its own value each of them keeps
  private final int[] from; // the four pixels of the image each of them is made of
  private final float[] weight;

  private Placement(Sampler sampler, int imageArea, int canvasArea) {
    this.imageArea = imageArea;
    this.canvasArea = canvasArea;
    covered = Arrays.copyOf(sampler.covered, sampler.count);
    kept = Arrays.copyOf(sampler.kept, sampler.count);
    from = Arrays.copyOf(sampler.from, NEIGHBOURS * sampler.count);
    weight = Arrays.copyOf(sampler.weight, NEIGHBOURS * sampler.count);
  }

  /** An image moved within its own frame. */
  public static Placement of(ImageShape frame, Pose pose, Padding padding) {
    Sampler sampler =
        new Sampler(frame.height(), frame.width(), frame, pose, padding, new boolean[0]);
    return new Placement(sampler, frame.area(), frame.area());
  }

  /**
   * A square image laid over a larger one.
   *
   * @param side lines and columns of the square
   * @param opaque which of its pixels cover the canvas; {@code side * side}
   */
  public static Placement of(int side, boolean[] opaque, ImageShape canvas, Pose pose) {
    if (opaque.length != side * side) {
      throw new IllegalArgumentException(
          "a square of side %s has %s pixels, but opacity was given for %s"
              .formatted(side, side * side, opaque.length));
    }
    Sampler sampler = new Sampler(side, side, canvas, pose, Padding.BLACK, opaque);
    return new Placement(sampler, side * side, canvas.area());
  }

  /**
   * Lays every channel of {@code image} over that channel of {@code canvas}.
   *
   * @param canvas changed in place
   */
  public void paint(float[] image, float[] canvas) {
    int channels = channels(image, canvas);
    for (int channel = 0; channel < channels; channel++) {
      int source = channel * imageArea;
      int target = channel * canvasArea;
      for (int k = 0, n = 0; k < covered.length; k++, n += NEIGHBOURS) {
        float sum = kept[k] == 0 ? 0 : kept[k] * canvas[target + covered[k]];
        for (int m = n; m < n + NEIGHBOURS; m++) {
          sum += weight[m] * image[source + from[m]];
        }
        canvas[target + covered[k]] = sum;
      }
    }
  }

  /**
   * Goes back: adds to {@code byImage} the derivative by the image of a loss whose derivative by
   * the painted canvas is {@code byCanvas}.
   */
  public void backward(float[] byCanvas, float[] byImage) {
    int channels = channels(byImage, byCanvas);
    for (int channel = 0; channel < channels; channel++) {
      int source = channel * imageArea;
      int target = channel * canvasArea;
      for (int k = 0, n = 0; k < covered.length; k++, n += NEIGHBOURS) {
        float flow = byCanvas[target + covered[k]];
        for (int m = n; m < n + NEIGHBOURS; m++) {
          byImage[source + from[m]] += weight[m] * flow;
        }
      }
    }
  }

  private int channels(float[] image, float[] canvas) {
    int channels = image.length / imageArea;
    if (image.length != channels * imageArea || canvas.length != channels * canvasArea) {
      throw new IllegalArgumentException(
          "%s pixels laid over %s need whole channels of both, but there were %s and %s values"
              .formatted(imageArea, canvasArea, image.length, canvas.length));
    }
    return channels;
  }

  /**
   * Goes from each pixel of the canvas that the image may reach back to its place on the image, and
   * writes down what it is made of.
   */
  private static final class Sampler {
    private final int height;
    private final int width;
    private final Padding padding;
    private final boolean[] opaque; // empty: all
    private final int[] covered;
    private final float[] kept;
    private final int[] from;
    private final float[] weight;
    private int count;

    Sampler(
        int height, int width, ImageShape canvas, Pose pose, Padding padding, boolean[] opaque) {
      this.height = height;
      this.width = width;
      this.padding = padding;
      this.opaque = opaque;
      double middle = (canvas.height() - 1) / 2.0 + pose.down();
      double centre = (canvas.width() - 1) / 2.0 + pose.right();
      double reach = // half the diagonal, and the one pixel that interpolation adds
          padding == Padding.EDGE
              ? Double.POSITIVE_INFINITY
              : pose.scale() * (Math.hypot(height, width) / 2 + 1);
      int top = (int) Math.max(0, middle - reach);
      int left = (int) Math.max(0, centre - reach);
      int rows = Math.max(0, (int) Math.min(canvas.height(), middle + reach + 1) - top);
      int columns = Math.max(0, (int) Math.min(canvas.width(), centre + reach + 1) - left);
      covered = new int[rows * columns];
      kept = new float[rows * columns];
      from = new int[NEIGHBOURS * rows * columns];
      weight = new float[NEIGHBOURS * rows * columns];
      double cos = cosine(pose.degrees()) / pose.scale();
      double sin = cosine(pose.degrees() - 90) / pose.scale();
      for (int row = top; row < top + rows; row++) {
        double y = row - middle;
        for (int column = left; column < left + columns; column++) {
          double x = column - centre;
          sample(
              row * canvas.width() + column,
              (height - 1) / 2.0 + x * sin + y * cos,
              (width - 1) / 2.0 + x * cos - y * sin);
        }
      }
    }

    private void sample(int pixel, double y, double x) {
      double top = Math.floor(y);
      double left = Math.floor(x);
      double below = y - top;
      double beyond = x - left;
      double uncovered =
          1
              - neighbour(0, top, left, (1 - below) * (1 - beyond))
              - neighbour(1, top, left + 1, (1 - below) * beyond)
              - neighbour(2, top + 1, left, below * (1 - beyond))
              - neighbour(3, top + 1, left + 1, below * beyond);
      if (uncovered < 1) {
        covered[count] = pixel;
        kept[count++] = (float) Math.max(0, uncovered);
      }
    }

    /** Writes down one neighbour; returns its weight, zero where the image does not cover. */
    private double neighbour(int which, double row, double column, double share) {
      double line = padding == Padding.EDGE ? Math.min(height - 1, Math.max(0, row)) : row;
      double place = padding == Padding.EDGE ? Math.min(width - 1, Math.max(0, column)) : column;
      boolean inside = line >= 0 && line < height && place >= 0 && place < width;
      int pixel = inside ? ((int) line) * width + (int) place : 0;
      boolean shows = inside && (opaque.length == 0 || opaque[pixel]);
      from[NEIGHBOURS * count + which] = pixel;
      weight[NEIGHBOURS * count + which] = shows ? (float) share : 0;
      return shows ? share : 0;
    }

    /** Exact at multiples of 90 degrees, where pixels fall on pixels. */
    private static double cosine(float degrees) {
      double turn = Math.abs(degrees) % 360.0;
      if (turn % 90 == 0) {
        return turn == 0 ? 1 : turn == 180 ? -1 : 0;
      }
      return Math.cos(Math.toRadians(turn));
    }
  }
}
