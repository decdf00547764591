package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.util.Arrays;
import java.util.Optional;

/** What a tensor is made of: ONNX's number for it, its size, and what PyTorch calls it. */
enum ElementType {
  FLOAT(1, 32, 6, "FloatStorage"),
  UINT8(2, 8, 0, "ByteStorage"),
  INT8(3, 8, 1, "CharStorage"),
  UINT16(4, 16),
  INT16(5, 16, 2, "ShortStorage"),
  INT32(6, 32, 3, "IntStorage"),
  INT64(7, 64, 4, "LongStorage"),
  STRING(8, 0),
  BOOL(9, 8, 11, "BoolStorage"),
  FLOAT16(10, 16, 5, "HalfStorage"),
  DOUBLE(11, 64, 7, "DoubleStorage"),
  UINT32(12, 32),
  UINT64(13, 64),
  COMPLEX64(14, 64),
  COMPLEX128(15, 128),
  BFLOAT16(16, 16, 15, "BFloat16Storage"),
  FLOAT8E4M3FN(17, 8),
  FLOAT8E4M3FNUZ(18, 8),
  FLOAT8E5M2(19, 8),
  FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),
  INT4(22, 4),
  FLOAT4E2M1(23, 4),
  FLOAT8E8M0(24, 8),
  UINT2(25, 2),
  INT2(26, 2);

  private final int number;
  private final int bits;
  private final int torchNumber;
  private final Optional<String> storage;

  ElementType(int number, int bits) {
    this(number, bits, -1, Optional.empty());
  }

  ElementType(int number, int bits, int torchNumber, String storage) {
    this(number, bits, torchNumber, Optional.of(storage));
  }

  ElementType(int number, int bits, int torchNumber, Optional<String> storage) {
    this.number = number;
    this.bits = bits;
    this.torchNumber = torchNumber;
    this.storage = storage;
  }

  static ElementType of(long number) {
    return Arrays.stream(values())
        .filter(type -> type.number == number)
        .findFirst()
        .orElseThrow(
            () -> new ModelException("an element type must be 1 to 26, but was " + number));
  }

  /** Bytes that {@code elements} of them take, packed; strings take none. */
  long bytes(long elements) {
    return Math.addExact(Math.multiplyExact(elements, (long) bits), 7) / 8;
  }

  boolean isInteger() {
    return this == INT64 || this == INT32;
  }

  boolean isReal() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /** PyTorch's number for it, as its scripts write it. */
  int torchNumber() {
    storage();
    return torchNumber;
  }

  /** PyTorch's class of storages that hold it. */
  String storage() {
    return storage.orElseThrow(
        () -> new Refusal("elements of type %s have no counterpart in PyTorch".formatted(this)));
  }
}
