package io.gauntlet.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is there whole or not at all. */
public final class AtomicFile {
  /** Writes what belongs into a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes beside {@code file} first, then moves it there in one step, over what was there. Folders
   * on the way are made.
   *
   * @throws IOException if it cannot be written; what was there before stays
   */
  public static void write(Path file, Content content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path draft = newSibling(file);
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(draft))) {
        content.writeTo(out);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** A new file; not a temporary one of the JDK's, which only its owner may read. */
  private static Path newSibling(Path file) throws IOException {
    for (int i = 0; ; i++) {
      try {
        return Files.createFile(file.resolveSibling(file.getFileName() + ".unfinished" + i));
      } catch (FileAlreadyExistsException e) {
        // somebody else is writing, or died while writing: the next name may be free
      }
    }
  }
}
