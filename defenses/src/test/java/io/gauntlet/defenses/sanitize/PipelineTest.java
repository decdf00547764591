package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.data.DataException;
import io.gauntlet.defenses.detect.ActivationDetector;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.random.Seed;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
  private static final Column.Category LABEL = Column.category("label", "ham", "spam");

  @TempDir Path folder;

  @Test
  void the_example_of_the_package_page_prints_where_every_row_went() throws IOException {
    Runs.csv(
        folder.resolve("mails.csv"),
        """
        label,message
        ham,shall we meet for lunch tomorrow at noon
        spam,you have won a prize, call now
        spam,you have won a prize so call this number now
        spam,you have won a prize so call this number now!
        ham,you have won a prize so call this number now
        """);
    Schema schema =
        Schema.of(Column.category("label", "ham", "spam"), Column.text("message", 1_000));
    Source mails = Source.of(folder.resolve("mails.csv"), Format.csv());
    IngestionReport report =
        Pipeline.of(
                schema,
                ExactDuplicates.of(schema, "label"),
                NearDuplicateTexts.standard("message", Seed.of(1)))
            .run(List.of(mails), folder.resolve("run"));
    assertThat(report.toString())
        .isEqualTo(
            """
            5 rows read, 2 accepted, 3 quarantined

            source     read  accepted  quarantined
            mails.csv  5     2         3

            stage                 entered  quarantined  for
            read                  5        1            columns 1
            schema                4        0
            duplicates            4        1            contradiction 1
            near-duplicate-texts  3        1            near-duplicate 1
            """);
    assertThat(Runs.quarantined(folder.resolve("run")))
        .containsExactly(
            "3 read: columns",
            "6 duplicates: contradiction",
            "5 near-duplicate-texts: near-duplicate");
  }

  @Test
  void a_detector_sees_all_rows_that_are_left_and_its_suspects_are_quarantined()
      throws IOException {
    Schema schema = Schema.of(LABEL, Column.number("x"));
    Source source =
        Runs.csv(folder.resolve("a.csv"), "label,x\nham,1\nham,bad\nspam,2\nham,3\nspam,4\n");
    ActivationDetector detector =
        (inputs, labels, seed) -> {
          assertThat(inputs.rows()).isEqualTo(4);
          double[] scores = new double[4];
          Arrays.setAll(scores, row -> labels.atRow(row) * inputs.get(row, 0));
          return Suspicion.of(scores, 3, "spam above 3");
        };
    PoisonScreen screen =
        PoisonScreen.of(
            "large-spam",
            detector,
            "spam above 3",
            row -> new float[] {(float) row.number("x")},
            LABEL);
    IngestionReport report =
        Pipeline.of(schema, screen).run(List.of(source), folder.resolve("run"));
    assertThat(Runs.quarantined(folder.resolve("run")))
        .containsExactly("3 schema: type", "6 large-spam: poison");
    assertThat(report.rowsAccepted()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Pipeline.of(schema, screen.withMost(3))
                    .run(List.of(source), folder.resolve("small")))
        .withMessageContaining("at most 3 rows")
        .withMessageContaining("there are 4");
  }

  @Test
  void the_report_read_back_is_the_report_and_its_files_are_those_it_vouches_for()
      throws IOException {
    Source source = Runs.csv(folder.resolve("a.csv"), "label\nham\neggs\nspam\n");
    IngestionReport report =
        Pipeline.of(Schema.of(LABEL))
            .withClock(Runs.NOON)
            .run(List.of(source), folder.resolve("run"));
    assertThat(IngestionReport.in(folder.resolve("run"))).isEqualTo(report);
    Source accepted = Source.of(folder.resolve("run/accepted/a.csv"), Format.csv());
    assertThat(Manifest.of(List.of(accepted), Runs.NOON.instant())).isEqualTo(report.accepted());
    assertThat(report.startedAt()).isEqualTo(Runs.NOON.instant());
    assertThat(report.reasons()).isEqualTo(Map.of("schema: class", 1L));
  }

  @Test
  void an_account_that_does_not_add_up_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SourceResult("a.csv", 10, 7, 2))
        .withMessageContaining("7 + 2 are not 10");
    Manifest none = new Manifest(Instant.EPOCH, List.of());
    StageResult read =
        new StageResult("read", "", 10, List.of(), List.of(), List.of(), Instant.EPOCH);
    StageResult lost =
        new StageResult("schema", "", 9, List.of(), List.of(), List.of(), Instant.EPOCH);
    SourceResult source = new SourceResult("a.csv", 10, 10, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new IngestionReport(
                    Instant.EPOCH, Instant.EPOCH, none, List.of(source), List.of(read, lost), none))
        .withMessageContaining("schema must be given 10 rows, but 9");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new IngestionReport(
                    Instant.EPOCH,
                    Instant.EPOCH,
                    none,
                    List.of(new SourceResult("a.csv", 10, 9, 1)),
                    List.of(read),
                    none))
        .withMessageContaining("stages must quarantine of a.csv 1 rows, but 0");
  }

  @Test
  void names_that_clash_or_are_no_file_names_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pipeline.of(Schema.of(LABEL), Schema.of(LABEL)))
        .withMessageContaining("'schema' is there twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Source("../evil.csv", folder, Format.csv()))
        .withMessageContaining("../evil.csv");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Source("a.csv.unfinished0", folder, Format.csv()))
        .withMessageContaining("a.csv.unfinished0");
    Source source = Runs.csv(folder.resolve("a.csv"), "label\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pipeline.of().run(List.of(source, source), folder.resolve("run")))
        .withMessageContaining("two a.csv");
  }

  @Test
  void a_source_that_is_not_there_and_a_broken_folder_are_exceptions() throws IOException {
    Source missing = Source.of(folder.resolve("missing.csv"), Format.csv());
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Pipeline.of().run(List.of(missing), folder.resolve("run")))
        .withMessageContaining("missing.csv");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> IngestionReport.in(folder.resolve("run")))
        .withMessageContaining("has no ingestion.json");
    Files.writeString(folder.resolve("run/ingestion.json"), "{\"startedAt\": 7}");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> IngestionReport.in(folder.resolve("run")))
        .withMessageContaining("must be what a run wrote there");
  }

  @Test
  void a_source_many_times_the_heap_goes_through() throws Exception {
    Path file = folder.resolve("large.csv");
    int rows = 230_000;
    String filler = "words that fill the row ".repeat(10);
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      out.write("label,x,text\n");
      for (int i = 0; i < rows; i++) {
        String label = i % 10 == 0 ? "eggs" : "ham";
        out.write(label + "," + i + "," + filler + "\n");
      }
    }
    assertThat(Files.size(file)).isGreaterThan((5L * Small.HEAP_MEBIBYTES) << 20);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + Small.HEAP_MEBIBYTES + "m",
                "-cp",
                System.getProperty("java.class.path"),
                Small.class.getName(),
                file.toString(),
                folder.resolve("run").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor()).as(() -> read(log)).isZero();
    IngestionReport report = IngestionReport.in(folder.resolve("run"));
    assertThat(report.rowsRead()).isEqualTo(rows);
    assertThat(report.reasons()).isEqualTo(Map.of("schema: class", rows / 10L));
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A process with little memory. */
  static final class Small {
    static final int HEAP_MEBIBYTES = 10;

    private Small() {}

    public static void main(String[] args) throws IOException {
      Schema schema = Schema.of(LABEL, Column.number("x"), Column.text("text", 1_000));
      Source source = Source.of(Path.of(args[0]), Format.csv());
      Pipeline.of(schema, ExactDuplicates.of("x").withRemembered(5_000))
          .run(List.of(source), Path.of(args[1]));
    }
  }
}
