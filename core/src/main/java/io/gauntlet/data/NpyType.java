package io.gauntlet.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A number format of numpy, such as {@code <f4}. */
record NpyType(int bytes, ByteOrder order, Decoder decoder) {
  /** Reads the number at a place of a buffer that has the right byte order. */
  @FunctionalInterface
  interface Decoder {
    double at(ByteBuffer values, int index);
  }

  private static final Map<String, Decoder> DECODERS =
      Map.ofEntries(
          Map.entry("f2", (values, i) -> half(values.getShort(i))),
          Map.entry("f4", ByteBuffer::getFloat),
          Map.entry("f8", ByteBuffer::getDouble),
          Map.entry("i1", ByteBuffer::get),
          Map.entry("i2", ByteBuffer::getShort),
          Map.entry("i4", ByteBuffer::getInt),
          Map.entry("i8", ByteBuffer::getLong),
          Map.entry("u1", (values, i) -> values.get(i) & 0xff),
          Map.entry("u2", (values, i) -> values.getShort(i) & 0xffff),
          Map.entry("u4", (values, i) -> values.getInt(i) & 0xffffffffL),
          Map.entry("u8", (values, i) -> unsigned(values.getLong(i))),
          Map.entry("b1", (values, i) -> values.get(i) == 0 ? 0 : 1));

  /** What can be read, for messages. */
  static String supported() {
    return String.join(", ", new TreeSet<>(DECODERS.keySet()));
  }

  /** The type that numpy calls {@code name}; empty where it cannot be read. */
  static Optional<NpyType> of(String name) {
    Decoder decoder = name.length() == 3 ? DECODERS.get(name.substring(1)) : null;
    if (decoder == null) {
      return Optional.empty();
    }
    int bytes = name.charAt(2) - '0';
    return switch (name.charAt(0)) {
      case '<' -> Optional.of(new NpyType(bytes, ByteOrder.LITTLE_ENDIAN, decoder));
      case '>' -> Optional.of(new NpyType(bytes, ByteOrder.BIG_ENDIAN, decoder));
      case '|' ->
          bytes == 1
              ? Optional.of(new NpyType(bytes, ByteOrder.BIG_ENDIAN, decoder))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** IEEE 754 binary16, which Java reads by itself only from version 20 on. */
  private static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double size =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((double) (fraction | 0x400), exponent - 25);
        };
    return bits < 0 ? -size : size;
  }

  private static double unsigned(long bits) {
    // halving keeps the lowest bit, so that the sum is rounded once
    return bits >= 0 ? bits : 2.0 * ((bits >>> 1) | (bits & 1));
  }
}
