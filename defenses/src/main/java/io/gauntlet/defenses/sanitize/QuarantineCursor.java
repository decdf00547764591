package io.gauntlet.defenses.sanitize;

import com.google.gson.JsonParseException;
import io.gauntlet.data.DataException;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Steps through a quarantine file, whose rows are in the order of their positions. */
final class QuarantineCursor implements Closeable {
  private final Path file;
  private final BufferedReader in;
  private @Nullable QuarantinedRow head;

  QuarantineCursor(Path file) throws IOException {
    this.file = file;
    in = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
    head = next();
  }

  /** Whether the row is in the file; positions asked for must not fall. */
  boolean holds(long position) throws IOException {
    while (head != null && head.position() < position) {
      head = next();
    }
    return head != null && head.position() == position;
  }

  /** The next row; null at the end. */
  @Nullable QuarantinedRow take() throws IOException {
    QuarantinedRow taken = head;
    head = taken == null ? null : next();
    return taken;
  }

  private @Nullable QuarantinedRow next() throws IOException {
    String line = in.readLine();
    try {
      return line == null ? null : Json.parse(line, QuarantinedRow.class);
    } catch (JsonParseException e) {
      throw new DataException(file, "must be a quarantine that a run wrote: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
