package io.gauntlet.defenses.sanitize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sources to run on and looks into what a run left. */
final class Runs {
  static final Clock NOON = Clock.fixed(Instant.parse("2026-05-01T12:00:00Z"), ZoneOffset.UTC);

  private Runs() {}

  static Source csv(Path file, String text) {
    return Source.of(written(file, text.getBytes(StandardCharsets.UTF_8)), Format.csv());
  }

  static Source json(Path file, String text) {
    return Source.of(written(file, text.getBytes(StandardCharsets.UTF_8)), Format.jsonLines());
  }

  static Path written(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Quarantined rows as {@code line stage: rule}. */
  static List<String> quarantined(Path folder) {
    List<String> rows = new ArrayList<>();
    IngestionReport.forEachQuarantined(
        folder, row -> rows.add(row.line() + " " + row.stage() + ": " + row.rule()));
    return rows;
  }

  static String accepted(Path folder, Source source) throws IOException {
    return Files.readString(folder.resolve("accepted").resolve(source.name()));
  }

  /** Every file of a folder by its relative name, as Latin-1 so that all bytes count. */
  static Map<String, String> contents(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .collect(
              Collectors.toMap(
                  file -> folder.relativize(file).toString(),
                  Runs::latin1,
                  (a, b) -> a,
                  TreeMap::new));
    }
  }

  private static String latin1(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
