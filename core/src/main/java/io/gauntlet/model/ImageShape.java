package io.gauntlet.model;

/**
 * How the pixels of an image lie in a row of a batch: channel by channel, line by line, from left
 * to right.
 *
 * @param channels colours; at least 1
 * @param height lines; at least 1
 * @param width pixels of a line; at least 1
 */
public record ImageShape(int channels, int height, int width) {
  /** Checks that there is a pixel. */
  public ImageShape {
    Check.atLeast(1, channels, "channels");
    Check.atLeast(1, height, "height");
    Check.atLeast(1, width, "width");
  }

  /**
   * Reads a model's input shape: channels, height, width; or height and width of one channel.
   *
   * @throws IllegalArgumentException if these are no images
   */
  public static ImageShape of(Shape shape) {
    return switch (shape.rank()) {
      case 2 -> new ImageShape(1, shape.sizes().get(0), shape.sizes().get(1));
      case 3 -> new ImageShape(shape.sizes().get(0), shape.sizes().get(1), shape.sizes().get(2));
      default ->
          throw new IllegalArgumentException(
              ("images must have the shape channels x height x width or height x width,"
                      + " but the model takes %s")
                  .formatted(shape));
    };
  }

  /** Pixels of one channel. */
  public int area() {
    return height * width;
  }

  /** Features of the whole image. */
  public int size() {
    return channels * area();
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
