package io.gauntlet.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What every defense withstood, as it stands in a file.
 *
 * @param rows in the order they were measured
 */
record DefendedResults(List<Row> rows) {
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();
  private static final double CONFIDENCE = 0.95;
  private static final String HEADER =
      """
      | data | images | Linf | defense | clean | naive | **adaptive** (95 %) | false positives \
      | AUROC naive | AUROC adaptive |
      |---|---|---|---|---|---|---|---|---|---|
      """;

  /**
   * What makes figures comparable.
   *
   * @param data name of the images
   * @param attacks in their order, with their hyperparameters
   */
  record Settings(
      String data,
      float epsilon,
      int training,
      int heldOut,
      int epochs,
      int examples,
      long seed,
      List<String> attacks) {}

  /**
   * One defense of one net.
   *
   * @param clean examples that are answered rightly
   * @param naive examples that withstand attackers who overlook the defense
   * @param adaptive examples that withstand attackers who know it
   * @param both examples that withstand both, which is what the defense is worth
   * @param detection null where nothing is detected
   */
  record Row(
      Settings settings,
      String defense,
      int clean,
      int naive,
      int adaptive,
      int both,
      @Nullable Detection detection) {
    private String markdown() {
      int total = settings.examples();
      Interval interval = new Rate(both, total).interval(CONFIDENCE);
      return String.format(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s | %s | **%s**%s (%.1f to %.1f) | %s |\n",
          settings.data(),
          total,
          settings.epsilon(),
          defense,
          percent(clean, total),
          percent(naive, total),
          percent(both, total),
          adaptive > naive ? "*" : "",
          100 * interval.lower(),
          100 * interval.upper(),
          detection == null ? "| |" : detection.markdown());
    }
  }

  /**
   * How well a detector tells attacked images from clean ones.
   *
   * @param accused clean test images above the threshold
   * @param clean test images
   * @param naive AUROC against images that fool the net, made without knowledge of the detector;
   *     null where there was none
   * @param adaptive the same, made with it
   */
  record Detection(int accused, int clean, @Nullable Double naive, @Nullable Double adaptive) {
    private String markdown() {
      return "%s | %s | %s".formatted(percent(accused, clean), area(naive), area(adaptive));
    }

    private static String area(@Nullable Double area) {
      return area == null ? "" : String.format(Locale.ROOT, "%.3f", area);
    }
  }

  DefendedResults {
    rows = new ArrayList<>(rows);
  }

  private static String percent(int count, int total) {
    return String.format(Locale.ROOT, "%.1f", 100.0 * count / total);
  }

  /** What the file holds; nothing where it is not there. */
  static DefendedResults in(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new DefendedResults(List.of());
    }
    try {
      JsonObject read = JSON.fromJson(Files.readString(file), JsonObject.class);
      if (read == null || !read.has("rows")) {
        throw new DataException(file, "must have \"rows\", but has not");
      }
      return JSON.fromJson(read, DefendedResults.class);
    } catch (JsonParseException e) {
      throw new DataException(file, e);
    }
  }

  boolean has(Settings settings, String defense) {
    return rows.stream()
        .anyMatch(row -> row.settings().equals(settings) && row.defense().equals(defense));
  }

  /** Writes JSON and, beside it, the table. */
  void write(Path json, Path table) throws IOException {
    StringBuilder lines = new StringBuilder(HEADER);
    rows.forEach(row -> lines.append(row.markdown()));
    write(json, JSON.toJson(this) + "\n");
    write(table, lines.toString());
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
