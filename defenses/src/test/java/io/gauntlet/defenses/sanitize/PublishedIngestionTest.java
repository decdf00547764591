package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.random.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real data, clean and with corruption planted. */
@Tag("published")
class PublishedIngestionTest {
  private static final Format.Csv TSV = Format.csv().withSeparator('\t').withoutQuotes();
  private static final Schema SMS =
      Schema.of(
          Column.category("Label", "ham", "spam"), Column.text("SMS", 1_000).allowingFormulas());

  @TempDir Path folder;

  private static Path data(String name) {
    Path data = Path.of(System.getProperty("gauntlet.data", "../shared/data"));
    boolean there = Files.exists(data.resolve(name));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(data + " must be there in CI");
    }
    assumeTrue(there, () -> data + " is not there");
    return data.resolve(name);
  }

  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }

  private Source written(String name, String header, List<String> rows, Format format) {
    String text = header + "\n" + String.join("\n", rows) + "\n";
    return Source.of(
        Runs.written(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8)), format);
  }

  @Test
  void messages_go_through_less_their_repeats_and_what_truly_resembles_an_earlier_one()
      throws IOException {
    Path file = data("sms-spam/SMSSpamCollection.tsv.gz");
    List<String> texts =
        lines(file).stream().map(line -> line.substring(line.indexOf('\t') + 1).strip()).toList();
    IngestionReport report =
        Pipeline.of(
                SMS,
                ExactDuplicates.of(SMS, "Label"),
                NearDuplicateTexts.standard("SMS", Seed.of(1)))
            .run(List.of(Source.of(file, TSV)), folder.resolve("run"));
    long distinct = texts.stream().skip(1).distinct().count();
    assertThat(report.reasons())
        .containsEntry("duplicates: duplicate", texts.size() - 1 - distinct)
        .containsOnlyKeys("duplicates: duplicate", "near-duplicate-texts: near-duplicate");
    // as the README shows it
    assertThat(report.toString())
        .startsWith("5574 rows read, 5057 accepted, 517 quarantined")
        .contains("duplicate 414", "near-duplicate 103");
    IngestionReport.forEachQuarantined(
        folder.resolve("run"),
        row -> {
          if (row.rule().equals("near-duplicate")) {
            int earlier = Integer.parseInt(row.detail().replaceAll(".*line (\\d+) by.*", "$1"));
            // four standard errors of 128 hashes below the threshold
            assertThat(Shingles.jaccard(texts.get((int) row.line() - 1), texts.get(earlier - 1)))
                .isGreaterThan(0.8 - 4 * 0.036);
          }
        });
  }

  @Test
  void corruption_planted_among_messages_is_found_row_by_row() throws IOException {
    Path file = data("sms-spam/SMSSpamCollection.tsv.gz");
    List<String> lines = lines(file);
    List<String> planted = new ArrayList<>();
    RandomGenerator random = Seed.of(2).forExample(0);
    for (String line : lines.subList(1, lines.size())) {
      boolean formula = Formula.isIn(line.substring(line.indexOf('\t') + 1));
      if (line.length() > 120 && line.length() < 300 && !formula && planted.size() < 300) {
        int at = 10 + random.nextInt(line.length() - 20);
        planted.add(line.substring(0, at) + "#" + line.substring(at + 1));
      }
    }
    int campaign = planted.size();
    planted.add("ham\tbinary \0 message");
    planted.add("ham\tno\tsuch\tcolumns");
    planted.add("eggs\tno such class");
    planted.add("spam\t=HYPERLINK(1)");
    planted.add("spam\t" + "x".repeat(2_000_000));
    Source clean = Source.of(file, TSV);
    Source poisoned = written("planted.tsv", lines.get(0), planted, TSV);
    Schema strict = Schema.of(Column.category("Label", "ham", "spam"), Column.text("SMS", 1_000));
    IngestionReport report =
        Pipeline.of(strict, NearDuplicateTexts.standard("SMS", Seed.of(1)))
            .run(List.of(clean, poisoned), folder.resolve("run"));
    List<String> found = new ArrayList<>();
    long[] near = {0};
    IngestionReport.forEachQuarantined(
        folder.resolve("run"),
        row -> {
          if (row.source().equals("planted.tsv")) {
            if (row.rule().equals("near-duplicate")) {
              near[0]++;
            } else {
              found.add(row.line() - 1 - campaign + " " + row.rule());
            }
          }
        });
    assertThat(found).containsExactly("1 nul", "2 columns", "5 too-long", "3 class", "4 formula");
    assertThat((double) near[0] / campaign).isGreaterThanOrEqualTo(0.99);
    assertThat(report.sources().get(1).read()).isEqualTo(planted.size());
  }

  @Test
  void mails_with_planted_features_are_outliers_and_flipped_copies_contradictions()
      throws IOException {
    List<String> lines = lines(data("spambase/spambase_kernlab.csv.gz"));
    List<String> rows = shuffled(lines.subList(1, lines.size()), Seed.of(3));
    rows = new ArrayList<>(rows.stream().distinct().toList());
    Schema schema = spambase(lines.get(0));
    Source trusted = written("trusted.csv", lines.get(0), rows.subList(0, 3_000), Format.csv());
    List<String> held = rows.subList(3_000, rows.size());
    List<String> flipped = held.subList(0, 100).stream().map(PublishedIngestionTest::flip).toList();
    List<String> extreme =
        held.subList(100, 150).stream()
            .map(row -> row.replaceFirst("([^,]+,){12}", "40,".repeat(12)))
            .toList();
    Baseline baseline = Baseline.read(List.of(trusted), schema, 3_000, Seed.of(4));
    IngestionReport report =
        Pipeline.of(
                schema,
                ExactDuplicates.of(schema, "type"),
                Outliers.from(baseline, 0.01, Seed.of(5)))
            .run(
                List.of(
                    written("held.csv", lines.get(0), held, Format.csv()),
                    written("flipped.csv", lines.get(0), flipped, Format.csv()),
                    written("extreme.csv", lines.get(0), extreme, Format.csv())),
                folder.resolve("run"));
    assertThat(tally(report, "flipped.csv", "contradiction")).isEqualTo(100);
    assertThat(tally(report, "extreme.csv", "outlier")).isGreaterThanOrEqualTo(45);
    // a threshold from 1,500 rows and 1,210 rows judged by it: four standard errors of both
    double rate = (double) tally(report, "held.csv", "outlier") / held.size();
    assertThat(rate).isLessThan(0.01 + 4 * Math.sqrt(0.0099 * (1 / 1_500.0 + 1 / 1_210.0)));
  }

  private static long tally(IngestionReport report, String source, String rule) {
    return report.stages().stream()
        .flatMap(stage -> stage.tallies().stream())
        .filter(tally -> tally.source().equals(source) && tally.rule().equals(rule))
        .mapToLong(Tally::rows)
        .sum();
  }

  private static String flip(String row) {
    return row.contains("nonspam")
        ? row.replace("nonspam", "spam")
        : row.replace("spam", "nonspam");
  }

  private static Schema spambase(String header) {
    List<Column> columns = new ArrayList<>();
    for (String name : header.split(",", -1)) {
      columns.add(
          name.equals("type")
              ? Column.category("type", "spam", "nonspam")
              : Column.number(name).between(0, 20_000));
    }
    return new Schema(columns);
  }

  @Test
  void customers_of_one_month_drift_and_a_random_part_of_all_does_not() throws IOException {
    List<String> lines = lines(data("bank/bank-full.csv.gz"));
    Format.Csv format = Format.csv().withSeparator(';');
    Schema schema = bank();
    List<String> rows = shuffled(lines.subList(1, lines.size()), Seed.of(1));
    Source trusted = written("trusted.csv", lines.get(0), rows.subList(0, 10_000), format);
    Source same = written("same.csv", lines.get(0), rows.subList(10_000, 20_000), format);
    List<String> august = rows.stream().filter(row -> row.contains("\"aug\"")).toList();
    Source other = written("august.csv", lines.get(0), august, format);
    Baseline baseline = Baseline.read(List.of(trusted), schema, 5_000, Seed.of(2));
    IngestionReport report =
        Pipeline.of(schema, Drift.from(baseline, Seed.of(3)).quarantining())
            .run(List.of(same, other), folder.resolve("run"));
    assertThat(report.sources().get(0).accepted()).isEqualTo(10_000);
    assertThat(report.sources().get(1).accepted()).isZero();
    assertThat(report.drift())
        .filteredOn(DriftTest::drifted)
        .extracting(DriftTest::source, DriftTest::column)
        .contains(
            tuple("august.csv", "job"), tuple("august.csv", "housing"), tuple("august.csv", "*"))
        .doesNotContain(tuple("august.csv", "default"));
  }

  private static List<String> shuffled(List<String> rows, Seed seed) {
    RandomGenerator random = seed.forExample(0);
    List<String> shuffled = new ArrayList<>(rows);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      Collections.swap(shuffled, i, random.nextInt(i + 1));
    }
    return shuffled;
  }

  private static Schema bank() {
    return Schema.of(
        Column.number("age").between(18, 100).wholeOnly(),
        Column.text("job", 20),
        Column.category("marital", "married", "single", "divorced"),
        Column.category("education", "primary", "secondary", "tertiary", "unknown"),
        Column.category("default", "yes", "no"),
        Column.number("balance"),
        Column.category("housing", "yes", "no"),
        Column.category("loan", "yes", "no"),
        Column.category("contact", "cellular", "telephone", "unknown"),
        Column.number("day").between(1, 31).wholeOnly(),
        Column.text("month", 3),
        Column.number("duration").between(0, 10_000),
        Column.number("campaign").between(1, 100),
        Column.number("pdays").between(-1, 1_000),
        Column.number("previous").between(0, 300),
        Column.category("poutcome", "success", "failure", "other", "unknown"),
        Column.category("y", "yes", "no"));
  }
}
