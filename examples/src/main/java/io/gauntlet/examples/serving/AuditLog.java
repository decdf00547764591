package io.gauntlet.examples.serving;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file that grows by one line of JSON for every request, and is never read or rewritten; several
 * servers may share one. A line is with the operating system before the answer leaves; it is not
 * forced to the disk.
 */
public final class AuditLog implements AutoCloseable {
  private final OutputStream file;

  private AuditLog(OutputStream file) {
    this.file = file;
  }

  /**
   * Appends to a file, which is made if it is not there.
   *
   * @throws IOException if it cannot be written
   */
  public static AuditLog of(Path path) throws IOException {
    // not a FileChannel: the first interrupted thread would close it for all others
    return new AuditLog(new FileOutputStream(path.toFile(), true));
  }

  synchronized void append(AuditLine line) throws IOException {
    file.write((line.json() + "\n").getBytes(StandardCharsets.UTF_8)); // one write, one line
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
