package io.gauntlet.data;

import java.nio.file.Path;
import java.util.Arrays;

/** A growing row of floats, for files that do not say beforehand how many there are. */
final class Floats {
  /** The longest array a JVM is sure to make. */
  static final int MOST = Integer.MAX_VALUE - 8;

  private final String source;
  private float[] values;
  private int count;

  /**
   * None yet.
   *
   * @param source file or stream that the values come from
   * @param expected how many will come, a guess that may be wrong
   */
  Floats(String source, long expected) {
    this.source = source;
    values = new float[(int) Math.min(Math.max(16, expected), MOST)];
  }

  Floats(Path file, long expected) {
    this(file.toString(), expected);
  }

  void add(float value) {
    if (count == values.length) {
      grow();
    }
    values[count++] = value;
  }

  private void grow() {
    if (count == MOST) {
      throw new DataException(
          source, "example data", "there must be at most " + MOST + " values, but more follow");
    }
    values = Arrays.copyOf(values, (int) Math.min(MOST, 2L * count));
  }

  /** All values; the last call to this object. */
  float[] toArray() {
    return count == values.length ? values : Arrays.copyOf(values, count);
  }
}
