package io.gauntlet.defenses.sanitize;

/** Bytes of a source up to and with a line break, or its beginning where that is too long. */
final class Line {
  final long number;
  final long offset;
  final long length;
  final byte[] bytes;

  /**
   * Keeps what it is given.
   *
   * @param number from 1
   * @param offset of the first byte in the unpacked source
   * @param length of the whole line in bytes
   * @param bytes all of them; fewer than {@code length} if that is too long
   */
  Line(long number, long offset, long length, byte[] bytes) {
    this.number = number;
    this.offset = offset;
    this.length = length;
    this.bytes = bytes;
  }

  boolean isTooLong() {
    return bytes.length < length;
  }
}
