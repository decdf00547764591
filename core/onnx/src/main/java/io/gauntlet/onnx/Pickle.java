package io.gauntlet.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the part of Python's pickle protocol 2 that a TorchScript archive is made of. */
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Pickle() {
    out.write(0x80);
    out.write(2);
  }

  /** A class or function: {@code module} and {@code name}. */
  Pickle global(String module, String name) {
    return raw('c').line(module).line(name);
  }

  Pickle text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return raw('X').int32(bytes.length).bytes(bytes);
  }

  Pickle integer(long value) {
    if (value == (int) value) {
      return raw('J').int32((int) value);
    }
    return raw(0x8a)
        .raw(8)
        .bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  Pickle bool(boolean value) {
    return raw(value ? 0x88 : 0x89);
  }

  Pickle none() {
    return raw('N');
  }

  Pickle emptyTuple() {
    return raw(')');
  }

  Pickle emptyDictionary() {
    return raw('}');
  }

  /** Begins a tuple or the entries of a dictionary. */
  Pickle mark() {
    return raw('(');
  }

  /** Everything since the mark, as a tuple. */
  Pickle tuple() {
    return raw('t');
  }

  /** Puts key, value, key, value since the mark into the dictionary in front of it. */
  Pickle setItems() {
    return raw('u');
  }

  /** Calls a function with a tuple of arguments. */
  Pickle reduce() {
    return raw('R');
  }

  /** Makes an object of a class from a tuple of arguments. */
  Pickle newObject() {
    return raw(0x81);
  }

  /** Gives an object its state. */
  Pickle build() {
    return raw('b');
  }

  /** Replaces a tuple by what the reader knows under it. */
  Pickle persistentId() {
    return raw('Q');
  }

  /** All of it. */
  byte[] stop() {
    raw('.');
    return out.toByteArray();
  }

  private Pickle line(String text) {
    return bytes(text.getBytes(StandardCharsets.US_ASCII)).raw('\n');
  }

  private Pickle int32(int value) {
    return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private Pickle raw(int value) {
    out.write(value);
    return this;
  }

  private Pickle bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }
}
