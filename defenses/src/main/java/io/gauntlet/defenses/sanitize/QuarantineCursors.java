package io.gauntlet.defenses.sanitize;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All quarantine files so far, stepped through side by side. */
final class QuarantineCursors implements Closeable {
  private final List<QuarantineCursor> cursors = new ArrayList<>();

  QuarantineCursors(List<Path> files) throws IOException {
    try {
      for (Path file : files) {
        cursors.add(new QuarantineCursor(file));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Whether the row is in one of them; positions asked for must not fall. */
  boolean hold(long position) throws IOException {
    for (QuarantineCursor cursor : cursors) {
      if (cursor.holds(position)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    for (QuarantineCursor cursor : cursors) {
      cursor.close();
    }
  }
}
