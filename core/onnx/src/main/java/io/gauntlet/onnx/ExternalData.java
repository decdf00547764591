package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;

/** Where a tensor lies that is not in the ONNX file itself: a part of a file beside it. */
record ExternalData(Path file, long offset, long length) {
  private static final long STRETCH = 1 << 24;

  /**
   * Checks what an ONNX file says.
   *
   * @param folder of the ONNX file; nothing outside is read, by whatever path or link
   * @param entries {@code location} and, optionally, {@code offset} and {@code length}
   */
  static ExternalData of(Path folder, String tensor, Map<String, String> entries) {
    String location = entries.getOrDefault("location", "");
    Path file = inside(folder, tensor, location);
    try {
      long size = Files.size(file);
      long offset = number(tensor, entries, "offset", 0);
      long length = number(tensor, entries, "length", size - offset);
      if (offset < 0 || length < 0 || offset > size || length > size - offset) {
        throw new ModelException(
            "tensor '%s' must lie within the %s bytes of %s, but is %s bytes from byte %s on"
                .formatted(tensor, size, location, length, offset));
      }
      return new ExternalData(file, offset, length);
    } catch (IOException e) {
      throw unreadable(tensor, location, e);
    }
  }

  private static Path inside(Path folder, String tensor, String location) {
    try {
      Path named = Path.of(location);
      Path root = folder.toRealPath();
      if (!location.isEmpty()
          && !named.isAbsolute()
          && folder.resolve(named).normalize().startsWith(folder.normalize())) {
        Path file = root.resolve(named).toRealPath();
        if (file.startsWith(root) && Files.isRegularFile(file)) {
          return file;
        }
      }
    } catch (InvalidPathException e) {
      throw unreadable(tensor, location, e);
    } catch (IOException e) {
      throw unreadable(tensor, location, e);
    }
    throw new ModelException(
        "tensor '%s' must lie in a file in the folder of the ONNX file, but is said to be in '%s'"
            .formatted(tensor, location));
  }

  private static long number(
      String tensor, Map<String, String> entries, String key, long otherwise) {
    String text = entries.get(key);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ModelException(
          "%s of tensor '%s' must be a whole number, but was '%s'".formatted(key, tensor, text), e);
    }
  }

  private static ModelException unreadable(String tensor, String location, Exception cause) {
    return new ModelException(
        "tensor '%s' must lie in a readable file, but '%s' is not: %s"
            .formatted(tensor, location, cause),
        cause);
  }

  /** Adds the bytes to a digest, however many they are. */
  void addTo(MessageDigest digest) {
    try (FileChannel channel = FileChannel.open(file)) {
      long end = offset + length;
      for (long from = offset; from < end; from += STRETCH) {
        digest.update(channel.map(MapMode.READ_ONLY, from, Math.min(STRETCH, end - from)));
      }
    } catch (IOException e) {
      throw new ModelException("%s can no longer be read: %s".formatted(file, e), e);
    }
  }

  /** The bytes, as the file has them now; at most 2 GB. */
  ByteBuffer content() {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new ModelException("%s can no longer be read: %s".formatted(file, e), e);
    }
  }
}
