package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The bytes of a file, or why there are none. */
final class ModelFile {
  private static final long MOST = Integer.MAX_VALUE - 8L;

  private ModelFile() {}

  static byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      Refusal.check(
          size <= MOST, "%s must have at most %s bytes, but has %s".formatted(file, MOST, size));
      return Files.readAllBytes(file);
    } catch (IOException e) {
      String found = e instanceof NoSuchFileException ? "there is none" : "reading failed: " + e;
      throw new ModelException(
          "a model file must be readable, but at %s %s".formatted(file, found), e);
    }
  }
}
