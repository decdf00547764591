package io.gauntlet.defenses.train;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.evaluate.CheckpointException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A training that was put aside.
 *
 * @param file replaced as a whole after every epoch
 * @param identity what makes this training this one; a file of another one is refused
 */
record CheckpointFile(Path file, String identity) {
  private static final String FORMAT = "gauntlet hardening 1";

  Optional<Course> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      if (!in.readUTF().equals(FORMAT)) {
        throw new CheckpointException(file + ": must be a checkpoint of a training, but is not");
      }
      String found = in.readUTF();
      if (!found.equals(identity)) {
        throw new CheckpointException(
            "%s: must be of this training, %s, but is of another, %s"
                .formatted(file, identity, found));
      }
      return Optional.of(Course.read(in));
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckpointException(file + ": must be a whole checkpoint, but: " + e, e);
    }
  }

  void write(Course course) {
    try {
      AtomicFile.write(
          file,
          bytes -> {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeUTF(FORMAT);
            out.writeUTF(identity);
            course.write(out);
            out.flush();
          });
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
