package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import java.nio.ByteBuffer;
import java.util.List;

/** One array of numpy's, of which the header is read and the numbers are still to come. */
final class NpyArray {
  private final ByteSource in;
  private final NpyHeader header;
  private final long start;

  private final byte[] chunk;
  private final ByteBuffer view;
  private long left;
  private int at;
  private int limit;

  private NpyArray(ByteSource in, NpyHeader header) {
    this.in = in;
    this.header = header;
    start = in.offset();
    left = header.count() * header.type().bytes();
    chunk = new byte[(int) Math.min(left, ByteSource.CHUNK)];
    view = ByteBuffer.wrap(chunk).order(header.type().order());
  }

  /** Reads the header and refuses what cannot be there. */
  static NpyArray open(ByteSource in) {
    NpyHeader header = NpyHeader.read(in);
    long count = header.count();
    if (count < 1 || count > Floats.MOST) {
      throw in.broken(
          "an array must have from 1 to %s values, but the header claims the shape %s"
              .formatted(Floats.MOST, header.shape()));
    }
    in.requireRoomFor(count * header.type().bytes(), "the shape " + header.shape());
    return new NpyArray(in, header);
  }

  /** Length of the first axis; 1 where there is none. */
  int rows() {
    return header.axes().isEmpty() ? 1 : header.axes().get(0);
  }

  /** All axes but the first, which there must be. */
  Shape exampleShape() {
    if (header.axes().size() < 2) {
      throw in.broken(
          start,
          "inputs need an axis of examples and at least one of features, but the shape is "
              + header.shape());
    }
    return new Shape(header.axes().subList(1, header.axes().size()));
  }

  /** The values, which must all be legal, one example a row. */
  Batch inputs(Domain domain) {
    int rows = rows();
    int width = exampleShape().size();
    requireWidth(domain, width);
    float[] values = new float[rows * width];
    if (header.columnMajor()) {
      int[] places = rowMajorPlaces(header.axes().subList(1, header.axes().size()));
      for (int feature : places) {
        for (int row = 0; row < rows; row++) {
          values[row * width + feature] = legal(domain, row, feature);
        }
      }
    } else {
      int k = 0;
      for (int row = 0; row < rows; row++) {
        for (int feature = 0; feature < width; feature++) {
          values[k++] = legal(domain, row, feature);
        }
      }
    }
    in.requireEnd("the array");
    return Batch.wrap(width, values);
  }

  /** The values, which must be one class for each of {@code expected} examples. */
  int[] labels(int expected) {
    List<Integer> axes = header.axes();
    boolean oneColumn = axes.size() == 1 || (axes.size() == 2 && axes.get(1) == 1);
    if (!oneColumn || rows() != expected) {
      throw in.broken(
          start,
          "every example needs one label, so labels must have the shape (%s), but have %s"
              .formatted(expected, header.shape()));
    }
    int[] labels = new int[expected];
    for (int row = 0; row < expected; row++) {
      double label = next();
      String rule = ClassNumber.ruleBrokenBy(label);
      if (rule != null) {
        throw in.broken(offsetOfLast(), "example " + row + ": " + rule);
      }
      labels[row] = (int) label;
    }
    in.requireEnd("the array");
    return labels;
  }

  private void requireWidth(Domain domain, int width) {
    try {
      domain.check(Batch.wrap(width, new float[0]));
    } catch (IllegalArgumentException e) {
      throw in.broken(start, String.valueOf(e.getMessage()));
    }
  }

  private float legal(Domain domain, int row, int feature) {
    double value = next();
    float rounded = (float) value;
    if (!domain.contains(feature, rounded)) {
      throw in.broken(
          offsetOfLast(),
          "example %s, feature %s: values must lie in %s, but this one was %s"
              .formatted(row, feature, domain.range(feature), value));
    }
    return rounded;
  }

  private double next() {
    int bytes = header.type().bytes();
    if (at == limit) {
      limit = (int) Math.min(left, chunk.length);
      in.read(chunk, limit, "the array");
      left -= limit;
      at = 0;
    }
    at += bytes;
    return header.type().decoder().at(view, at - bytes);
  }

  private long offsetOfLast() {
    return in.offset() - limit + at - header.type().bytes();
  }

  /** Where the values come that are stored with the first of {@code axes} running fastest. */
  private static int[] rowMajorPlaces(List<Integer> axes) {
    int[] places = {0};
    int stride = 1;
    for (int axis : axes) {
      stride *= axis;
    }
    for (int axis : axes) {
      stride /= axis;
      int[] longer = new int[places.length * axis];
      for (int i = 0; i < axis; i++) {
        for (int j = 0; j < places.length; j++) {
          longer[i * places.length + j] = places[j] + i * stride;
        }
      }
      places = longer;
    }
    return places;
  }
}
