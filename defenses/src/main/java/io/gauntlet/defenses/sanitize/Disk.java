package io.gauntlet.defenses.sanitize;

import io.gauntlet.data.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;

/** How files come into a run's folder: whole or not at all. Tests kill it. */
@FunctionalInterface
interface Disk {
  void write(Path file, AtomicFile.Content content) throws IOException;
}
