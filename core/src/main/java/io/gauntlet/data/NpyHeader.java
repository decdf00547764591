package io.gauntlet.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stands before the numbers of a .npy file.
 *
 * <p>Follows numpy's <a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">lib.format</a>,
 * versions 1.0, 2.0 and 3.0. The header is a Python literal; only the literals that numpy itself
 * writes are understood, nothing is evaluated.
 */
record NpyHeader(NpyType type, boolean columnMajor, List<Integer> axes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Numpy writes 128 bytes and itself trusts no more than 10,000. */
  private static final int MOST_BYTES = 10_000;

  static NpyHeader read(ByteSource in) {
    long start = in.offset();
    if (!Arrays.equals(in.take(MAGIC.length, "the numpy header"), MAGIC)) {
      throw in.broken(start, "a numpy array must begin with \\x93NUMPY, but this does not");
    }
    byte[] version = in.take(2, "the numpy header");
    if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
      throw in.broken(
          start + 6,
          "the format version must be 1.0, 2.0 or 3.0, but was %s.%s"
              .formatted(version[0] & 0xff, version[1] & 0xff));
    }
    int width = version[0] == 1 ? 2 : 4;
    ByteBuffer size =
        ByteBuffer.wrap(Arrays.copyOf(in.take(width, "the numpy header"), 4))
            .order(ByteOrder.LITTLE_ENDIAN);
    long length = size.getInt() & 0xffffffffL;
    if (length > MOST_BYTES) {
      throw in.broken(
          start + 8,
          "the numpy header must have at most %s bytes, but claims %s"
              .formatted(MOST_BYTES, length));
    }
    long textStart = in.offset();
    byte[] text = in.take((int) length, "the numpy header");
    return new Parser(in, textStart, new String(text, StandardCharsets.ISO_8859_1)).parse();
  }

  /**
   * A header of version 1.0 for a row-major array.
   *
   * @param axes what stands between the brackets of numpy's tuple, such as {@code "2, 3"}
   */
  static byte[] write(String type, String axes) {
    String text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, axes);
    int unpadded = MAGIC.length + 4 + text.length() + 1;
    int padding = Math.floorMod(-unpadded, 64); // numpy aligns the numbers that follow
    byte[] literal = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(unpadded + padding)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) literal.length)
        .put(literal)
        .array();
  }

  /** Number of values; may be larger than what an array holds. */
  long count() {
    long product = 1;
    for (int size : axes) {
      if (size != 0 && product > Long.MAX_VALUE / size) {
        return Long.MAX_VALUE;
      }
      product *= size;
    }
    return product;
  }

  /** The axes as numpy prints them. */
  String shape() {
    return axes.toString().replace('[', '(').replace(']', ')');
  }

  /** Reads {@code {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }}. */
  private static final class Parser {
    private final ByteSource in;
    private final long start;
    private final String text;
    private int at;

    Parser(ByteSource in, long start, String text) {
      this.in = in;
      this.start = start;
      this.text = text;
    }

    NpyHeader parse() {
      expect("{");
      NpyType type = null;
      Boolean columnMajor = null;
      List<Integer> axes = null;
      while (!accept("}")) {
        int keyAt = at;
        String key = string();
        expect(":");
        if (key.equals("descr") && type == null) {
          type = type();
        } else if (key.equals("fortran_order") && columnMajor == null) {
          columnMajor = bool();
        } else if (key.equals("shape") && axes == null) {
          axes = tuple();
        } else {
          throw broken(keyAt, "descr, fortran_order and shape, each once, but found '" + key + "'");
        }
        if (!accept(",")) {
          expect("}");
          break;
        }
      }
      skipBlanks();
      if (at < text.length()) {
        throw broken(at, "nothing but blanks after the closing brace");
      }
      if (type == null || columnMajor == null || axes == null) {
        throw broken(0, "descr, fortran_order and shape, each once, but one is missing");
      }
      return new NpyHeader(type, columnMajor, axes);
    }

    private NpyType type() {
      skipBlanks();
      int typeAt = at;
      if (at < text.length() && text.charAt(at) == '[') {
        throw broken(typeAt, "one number type, but the array has named fields");
      }
      String name = string();
      return NpyType.of(name)
          .orElseThrow(
              () ->
                  broken(
                      typeAt,
                      "one of the types %s, with < or > before it, but found '%s'"
                          .formatted(NpyType.supported(), name)));
    }

    private boolean bool() {
      if (accept("True")) {
        return true;
      }
      expect("False");
      return false;
    }

    private List<Integer> tuple() {
      expect("(");
      List<Integer> sizes = new ArrayList<>();
      while (!accept(")")) {
        sizes.add(size());
        if (!accept(",")) {
          expect(")");
          break;
        }
      }
      return List.copyOf(sizes);
    }

    private int size() {
      skipBlanks();
      int from = at;
      long size = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        size = 10 * size + (text.charAt(at++) - '0');
        if (size > Integer.MAX_VALUE) {
          throw broken(from, "axes of at most " + Integer.MAX_VALUE + ", but one is longer");
        }
      }
      if (at == from) {
        throw broken(from, "the length of an axis, but " + found());
      }
      return (int) size;
    }

    private String string() {
      skipBlanks();
      int from = at;
      char quote = at < text.length() ? text.charAt(at) : 0;
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw broken(from, "a quoted text, but " + found());
      }
      at = end + 1;
      return text.substring(from + 1, end);
    }

    private boolean accept(String token) {
      skipBlanks();
      if (!text.startsWith(token, at)) {
        return false;
      }
      at += token.length();
      return true;
    }

    private void expect(String token) {
      if (!accept(token)) {
        throw broken(at, token + ", but " + found());
      }
    }

    private void skipBlanks() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
        at++;
      }
    }

    private String found() {
      return at < text.length() ? "found '" + text.charAt(at) + "'" : "it ends there";
    }

    private DataException broken(int position, String expected) {
      return in.broken(start + position, "the numpy header must have " + expected);
    }
  }
}
