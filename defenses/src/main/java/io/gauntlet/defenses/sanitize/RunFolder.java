package io.gauntlet.defenses.sanitize;

import com.google.gson.JsonParseException;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a run has done so far: one file for each step, there whole or not at all, so that the files
 * are the checkpoint.
 */
final class RunFolder implements Closeable {
  private static final String REPORT = "ingestion.json";

  private final Path folder;
  private final Disk disk;
  private final FileChannel lock;

  private RunFolder(Path folder, Disk disk, FileChannel lock) {
    this.folder = folder;
    this.disk = disk;
    this.lock = lock;
  }

  /** Takes the folder for this process alone and clears away drafts of one that was killed. */
  static RunFolder open(Path folder, Disk disk) throws IOException {
    Files.createDirectories(folder.resolve("accepted"));
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(lock)) {
      lock.close();
      throw new IllegalStateException(
          "a folder must have one run at a time, but %s has another".formatted(folder));
    }
    RunFolder run = new RunFolder(folder, disk, lock);
    run.clear(folder);
    run.clear(folder.resolve("accepted"));
    return run;
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private void clear(Path where) throws IOException {
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(where, "*.unfinished*")) {
      for (Path draft : drafts) {
        Files.delete(draft);
      }
    }
  }

  Optional<Plan> plan() throws IOException {
    return read("run.json", Plan.class);
  }

  void keep(Plan plan) throws IOException {
    write("run.json", plan);
  }

  Optional<Reading> reading() throws IOException {
    return read("0-read.json", Reading.class);
  }

  void keep(Reading reading) throws IOException {
    write("0-read.json", reading);
  }

  Optional<StageResult> result(int number, String stage) throws IOException {
    return read(number + "-" + stage + ".json", StageResult.class);
  }

  void keep(int number, StageResult result) throws IOException {
    write(number + "-" + result.name() + ".json", result);
  }

  Optional<IngestionReport> report() throws IOException {
    return read(REPORT, IngestionReport.class);
  }

  void keep(IngestionReport report) throws IOException {
    write(REPORT, report);
  }

  Path quarantine(int number, String stage) {
    return folder.resolve(number + "-" + stage + ".quarantine.jsonl");
  }

  Path accepted(Source source) {
    return folder.resolve("accepted").resolve(source.name());
  }

  void write(Path file, AtomicFile.Content content) throws IOException {
    disk.write(file, content);
  }

  private void write(String name, Object record) throws IOException {
    disk.write(folder.resolve(name), out -> out.write(Json.pretty(record)));
  }

  private <T> Optional<T> read(String name, Class<T> type) throws IOException {
    return read(folder.resolve(name), type);
  }

  /** What a finished run has to say. */
  static IngestionReport reportIn(Path folder) {
    try {
      return read(folder.resolve(REPORT), IngestionReport.class)
          .orElseThrow(
              () -> new DataException(folder, "must hold a finished run, but has no " + REPORT));
    } catch (IOException e) {
      throw new DataException(folder, e);
    }
  }

  /** The quarantine files of a finished run, in the order of its stages. */
  static List<Path> quarantinesIn(Path folder, IngestionReport report) {
    return IntStream.range(0, report.stages().size())
        .mapToObj(
            i -> folder.resolve(i + "-" + report.stages().get(i).name() + ".quarantine.jsonl"))
        .toList();
  }

  private static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.parse(Files.readString(file, StandardCharsets.UTF_8), type));
    } catch (JsonParseException e) {
      throw new DataException(file, "must be what a run wrote there: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
