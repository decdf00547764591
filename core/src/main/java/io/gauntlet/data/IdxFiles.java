package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads grey images in the IDX format of MNIST, Fashion-MNIST and EMNIST, plain or gzipped.
 *
 * <p>Follows LeCun, Cortes, Burges: <a
 * href="https://web.archive.org/web/20220331130319/http://yann.lecun.com/exdb/mnist/">The MNIST
 * database of handwritten digits</a>. Images are unsigned bytes with the axes count, height, width;
 * labels are unsigned bytes with one axis. Other number types and axes are refused.
 */
public final class IdxFiles {
  private static final int IMAGES_MAGIC = 0x0803;
  private static final int LABELS_MAGIC = 0x0801;

  private IdxFiles() {}

  /**
   * Images with pixels in [0, 1] and their labels.
   *
   * @param images file whose name usually has {@code idx3-ubyte} in it
   * @param labels file whose name usually has {@code idx1-ubyte} in it
   * @return examples of shape 1xHxW, in the order of the file
   * @throws DataException if a file is missing, cut off, too long or not IDX, or the two do not
   *     belong together
   */
  public static Examples read(Path images, Path labels) {
    return read(images, labels, Range.UNIT);
  }

  /**
   * Images whose pixel values 0 to 255 are mapped onto {@code range}, and their labels.
   *
   * @param range what 0 and 255 become, such as [-1, 1]
   * @throws DataException as {@link #read(Path, Path)} does
   */
  public static Examples read(Path images, Path labels, Range range) {
    try (ByteSource in = ByteSource.open(images)) {
      int[] axes = header(in, IMAGES_MAGIC, 3);
      long pixels = (long) axes[1] * axes[2];
      if (pixels > Floats.MOST || axes[0] * pixels > Floats.MOST) {
        throw in.broken(
            4,
            "there must be at most %s pixels, but the header claims %s images of %sx%s"
                .formatted(Floats.MOST, axes[0], axes[1], axes[2]));
      }
      in.requireRoomFor(
          axes[0] * pixels, "%s images of %sx%s".formatted(axes[0], axes[1], axes[2]));
      float[] values = pixels(in, (int) (axes[0] * pixels), range);
      int[] classes = labels(labels, axes[0], images);
      return new Examples(
          Shape.of(1, axes[1], axes[2]), Batch.wrap((int) pixels, values), Labels.of(classes));
    }
  }

  /** Where the labels of an images file lie by MNIST's naming. */
  static Path labelsOf(Path images) {
    String name = String.valueOf(images.getFileName());
    return images.resolveSibling(name.replace("images", "labels").replace("idx3", "idx1"));
  }

  private static float[] pixels(ByteSource in, int count, Range range) {
    float[] scaled = Scale.ofPixels(255, range);
    float[] values = new float[count];
    byte[] chunk = new byte[ByteSource.CHUNK];
    int done = 0;
    while (done < count) {
      int length = Math.min(chunk.length, count - done);
      in.read(chunk, length, "the pixels");
      for (int i = 0; i < length; i++) {
        values[done++] = scaled[chunk[i] & 0xff];
      }
    }
    in.requireEnd("the pixels");
    return values;
  }

  private static int[] labels(Path file, int expected, Path images) {
    try (ByteSource in = ByteSource.open(file)) {
      int count = header(in, LABELS_MAGIC, 1)[0];
      if (count != expected) {
        throw in.broken(
            4,
            "every image needs one label, but there are %s labels for the %s images of %s"
                .formatted(count, expected, images));
      }
      byte[] bytes = in.take(count, "the labels");
      in.requireEnd("the labels");
      int[] classes = new int[count];
      for (int i = 0; i < count; i++) {
        classes[i] = bytes[i] & 0xff;
      }
      return classes;
    }
  }

  private static int[] header(ByteSource in, int magic, int rank) {
    int found = ByteBuffer.wrap(in.take(4, "the header")).getInt();
    if (found != magic) {
      throw in.broken(
          0,
          "IDX %s must begin with the bytes %s, but the file begins with %s"
              .formatted(rank == 3 ? "images" : "labels", hex(magic), hex(found)));
    }
    ByteBuffer sizes = ByteBuffer.wrap(in.take(4 * rank, "the header"));
    int[] axes = new int[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = sizes.getInt();
      if (axes[i] < 1) {
        throw in.broken(
            4 + 4L * i,
            "sizes must be from 1 to 2147483647, but the header has "
                + Integer.toUnsignedString(axes[i]));
      }
    }
    return axes;
  }

  private static String hex(int bytes) {
    return "%s %s %s %s"
        .formatted(
            hexByte(bytes >>> 24), hexByte(bytes >>> 16), hexByte(bytes >>> 8), hexByte(bytes));
  }

  private static String hexByte(int bits) {
    return Integer.toHexString((bits & 0xff) | 0x100).substring(1);
  }
}
