package io.gauntlet.djl;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.model.ModelException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in hexadecimal digits. */
final class Digest {
  private Digest() {}

  /** Of a file's bytes. */
  static String of(Path file) {
    try {
      return digest(out -> Files.copy(file, out));
    } catch (IOException e) {
      String found = e instanceof NoSuchFileException ? "there is none" : "reading failed: " + e;
      throw new ModelException(
          "a model file must be readable, but at %s %s".formatted(file, found), e);
    }
  }

  /** Of whatever {@code content} writes. */
  static String of(AtomicFile.Content content) {
    try {
      return digest(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(AtomicFile.Content content) throws IOException {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
        content.writeTo(out);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
