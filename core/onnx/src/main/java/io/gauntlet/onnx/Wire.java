package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * One protobuf message, read field by field: {@code while (wire.next()) switch (wire.field())}. A
 * field whose value nobody asks for is skipped. No length is believed before it is compared with
 * the bytes that are there.
 */
final class Wire {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteBuffer bytes;
  private final int offset;
  private int field;
  private int kind;
  private boolean pending;

  /** A whole message. */
  static Wire of(byte[] message) {
    return new Wire(ByteBuffer.wrap(message), 0);
  }

  private Wire(ByteBuffer bytes, int offset) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.offset = offset;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (pending) {
      skip();
    }
    if (!bytes.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    kind = (int) (tag & 7);
    if (tag >>> 32 != 0 || field == 0) {
      throw broken("a field must have a number of 1 to 536870911, but had " + (tag >>> 3));
    }
    pending = true;
    return true;
  }

  int field() {
    return field;
  }

  /** The value of an integer. */
  long number() {
    expect(VARINT);
    return varint();
  }

  /** The value of a float. */
  float single() {
    expect(FOUR_BYTES);
    return Float.intBitsToFloat(fixed32());
  }

  String text() {
    return StandardCharsets.UTF_8.decode(content()).toString();
  }

  Wire message() {
    ByteBuffer content = content();
    return new Wire(content, offset + bytes.position() - content.remaining());
  }

  /** The bytes of a field, without a copy. */
  ByteBuffer content() {
    expect(LENGTH);
    return take(varint());
  }

  /** One integer or, as newer writers do, any number of them packed. */
  void numbers(LongConsumer to) {
    each(VARINT, wire -> to.accept(wire.varint()));
  }

  /** The bits of one float or of any number of them packed. */
  void singles(LongConsumer to) {
    each(FOUR_BYTES, wire -> to.accept(wire.fixed32()));
  }

  /** The bits of one double or of any number of them packed. */
  void doubles(LongConsumer to) {
    each(EIGHT_BYTES, wire -> to.accept(wire.fixed64()));
  }

  private interface Step {
    void read(Wire from);
  }

  private void each(int single, Step step) {
    if (kind == LENGTH) {
      Wire packed = message();
      while (packed.bytes.hasRemaining()) {
        step.read(packed);
      }
    } else {
      expect(single);
      step.read(this);
    }
  }

  private void expect(int wanted) {
    if (kind != wanted) {
      throw broken(
          "field %s must be encoded as wire type %s, but was as %s".formatted(field, wanted, kind));
    }
    pending = false;
  }

  private void skip() {
    pending = false;
    switch (kind) {
      case VARINT -> varint();
      case EIGHT_BYTES -> take(8);
      case LENGTH -> take(varint());
      case FOUR_BYTES -> take(4);
      default -> throw broken("a wire type must be 0, 1, 2 or 5, but was " + kind);
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw broken("the message ends in the middle of a number");
      }
      byte part = bytes.get();
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw broken("a number must have at most 10 bytes, but goes on");
  }

  private int fixed32() {
    require(4);
    return bytes.getInt();
  }

  private long fixed64() {
    require(8);
    return bytes.getLong();
  }

  private ByteBuffer take(long length) {
    require(length);
    ByteBuffer content = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return content.order(ByteOrder.LITTLE_ENDIAN);
  }

  private void require(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw broken(
          "a field of %s bytes must fit into its message, but only %s are left"
              .formatted(Long.toUnsignedString(length), bytes.remaining()));
    }
  }

  private ModelException broken(String what) {
    return new ModelException("byte %s: %s".formatted(offset + bytes.position(), what));
  }
}
