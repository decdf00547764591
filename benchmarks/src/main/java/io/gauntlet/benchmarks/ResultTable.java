package io.gauntlet.benchmarks;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A Markdown table that runs add rows to, each whole or not at all.
 *
 * @param file made if it is not there
 * @param header the names of the columns and the line below
 */
record ResultTable(Path file, String header) {
  private static final double CONFIDENCE = 0.95;

  /** Adds a row, or puts it in the place of those that begin with its key. */
  void put(String key, String row) throws IOException {
    StringBuilder table = new StringBuilder(header);
    if (Files.exists(file)) {
      Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("| ") && !header.contains(line))
          .filter(line -> !line.startsWith(key))
          .forEach(line -> table.append(line).append('\n'));
    }
    table.append(row).append('\n');
    AtomicFile.write(file, out -> out.write(table.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** In percent, with its 95 % interval. */
  static String percent(Rate rate) {
    return percent(rate.value(), rate.interval(CONFIDENCE));
  }

  /** In percent, with an interval. */
  static String percent(double value, Interval interval) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        100 * value,
        100 * interval.lower(),
        100 * interval.upper());
  }
}
