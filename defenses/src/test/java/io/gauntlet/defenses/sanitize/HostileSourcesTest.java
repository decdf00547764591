package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a file must never stop a run, nor take innocent rows with it. */
class HostileSourcesTest {
  private static final Schema MAILS =
      Schema.of(Column.category("label", "ham", "spam"), Column.text("text", 100));

  @TempDir Path folder;

  private IngestionReport run(Source... sources) throws IOException {
    return Pipeline.of(MAILS)
        .withLongestRow(1_000)
        .withClock(Runs.NOON)
        .run(List.of(sources), folder.resolve("run"));
  }

  private List<String> quarantined() {
    return Runs.quarantined(folder.resolve("run"));
  }

  @Test
  void every_kind_of_broken_csv_row_is_quarantined_with_line_and_rule_and_the_rest_goes_through()
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("label,text\nham,first\n".getBytes(StandardCharsets.UTF_8)); // 1, 2
    bytes.writeBytes(new byte[] {'h', 'a', 'm', ',', (byte) 0xC3, (byte) 0x28, '\n'}); // 3
    bytes.writeBytes("ham,a\0b\n".getBytes(StandardCharsets.UTF_8)); // 4
    bytes.writeBytes(("ham," + "x".repeat(5_000) + "\n").getBytes(StandardCharsets.UTF_8)); // 5
    bytes.writeBytes(
        """
        ham
        ham,too,many
        ham,=HYPERLINK("http://evil.example")

        ham,5" pipe
        ham,"x" y
        other,class
        ham,"two
        lines"
        ,no label
        ham,@SUM(A1)
        ham,-5
        spam,last
        """
            .getBytes(StandardCharsets.UTF_8));
    Source source =
        Source.of(Runs.written(folder.resolve("mails.csv"), bytes.toByteArray()), Format.csv());

    IngestionReport report = run(source);

    assertThat(quarantined())
        .containsExactly(
            "3 read: encoding",
            "4 read: nul",
            "5 read: too-long",
            "6 read: columns",
            "7 read: columns",
            "8 read: quote",
            "9 read: empty",
            "10 read: quote",
            "11 read: quote",
            "12 schema: class",
            "15 schema: missing",
            "16 schema: formula");
    assertThat(Runs.accepted(folder.resolve("run"), source))
        .isEqualTo("label,text\nham,first\nham,\"two\nlines\"\nham,-5\nspam,last\n");
    assertThat(report.rowsRead()).isEqualTo(16);
    assertThat(report.rowsAccepted()).isEqualTo(4);
    assertThat(report.rowsQuarantined()).isEqualTo(12);
  }

  @Test
  void every_kind_of_broken_json_row_is_quarantined_with_line_and_rule_and_the_rest_goes_through()
      throws IOException {
    Source source =
        Runs.json(
            folder.resolve("mails.jsonl"),
            """
            {"label": "ham", "text": "first"}
            {"label": "ham", "text": "cut of
            {"label": "ham", "text": NaN}
            {"label": "ham", "text": 7}
            {"label": "ham", "text": {"nested": [[[[1]]]]}}
            {"label": "ham", "label": "spam", "text": "twice"}
            {"label": "ham", "text": "nul \\u0000"}
            {"label": "ham", "text": "half \\ud800"}
            {"label": "ham", "text": null}
            {"label": "ham", "text": "more"} {"label": "spam", "text": "smuggled"}
            ["label", "ham"]
            {"label": "ham", "text": "x", "extra": 1}
            {'label': 'ham', 'text': 'lenient'}
            {"label": "ham", "text": "tab	inside"}
            {"text": "=1+1", "label": "ham"}
            {"text": "last", "label": "spam"}
            """);

    run(source);

    assertThat(quarantined())
        .containsExactly(
            "2 read: json",
            "3 read: json",
            "5 read: nested",
            "6 read: duplicate-key",
            "7 read: nul",
            "8 read: encoding",
            "10 read: json",
            "11 read: json",
            "13 read: json",
            "14 read: json",
            "4 schema: type",
            "9 schema: missing",
            "12 schema: unknown-column",
            "15 schema: formula");
    assertThat(Runs.accepted(folder.resolve("run"), source).lines())
        .containsExactly(
            "{\"label\": \"ham\", \"text\": \"first\"}",
            "{\"text\": \"last\", \"label\": \"spam\"}");
  }

  @Test
  void a_quote_that_nobody_closes_costs_its_own_line_only() throws IOException {
    Source source =
        Runs.csv(folder.resolve("mails.csv"), "label,text\nham,\"open\nham,a\nspam,b\n");
    run(source);
    assertThat(quarantined()).containsExactly("2 read: quote");
    assertThat(Runs.accepted(folder.resolve("run"), source))
        .isEqualTo("label,text\nham,a\nspam,b\n");
  }

  @Test
  void an_open_quote_before_more_than_the_longest_row_costs_its_own_line_only() throws IOException {
    String rows = "ham,abcdefgh\n".repeat(500);
    Source source = Runs.csv(folder.resolve("mails.csv"), "label,text\nham,\"open\n" + rows);
    run(source);
    assertThat(quarantined()).containsExactly("2 read: quote");
    assertThat(Runs.accepted(folder.resolve("run"), source)).isEqualTo("label,text\n" + rows);
  }

  @Test
  void a_row_smuggled_behind_a_lone_carriage_return_does_not_get_in() throws IOException {
    Source csv = Runs.csv(folder.resolve("a.csv"), "label,text\nham,x\rspam,smuggled\nham,y\r\n");
    Source json = Runs.json(folder.resolve("b.jsonl"), "{\"label\": \"ham\",\r\"text\": \"x\"}\n");
    run(csv, json);
    assertThat(quarantined()).containsExactly("2 read: control", "1 read: control");
    assertThat(Runs.accepted(folder.resolve("run"), csv)).isEqualTo("label,text\nham,y\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"label,label\n", "label,\n", "label,te\"xt\n", "\"label,text\n"})
  void a_header_that_is_none_speaks_against_every_row(String header) throws IOException {
    Source source = Runs.csv(folder.resolve("mails.csv"), header + "ham,a\nspam,b\n");
    IngestionReport report = run(source);
    assertThat(quarantined()).containsExactly("2 read: header", "3 read: header");
    assertThat(Runs.accepted(folder.resolve("run"), source)).isEmpty();
    assertThat(report.rowsRead()).isEqualTo(2);
  }

  @Test
  void utf16_is_refused_row_by_row_and_a_mark_of_utf8_is_no_part_of_the_header()
      throws IOException {
    Source marked = Runs.csv(folder.resolve("a.csv"), "\uFEFFlabel,text\nham,a\n");
    Source wide =
        Source.of(
            Runs.written(
                folder.resolve("b.csv"), "label,text\nham,a\n".getBytes(StandardCharsets.UTF_16)),
            Format.csv());
    IngestionReport report = run(marked, wide);
    assertThat(report.sources().get(0).accepted()).isEqualTo(1);
    assertThat(report.sources().get(1).accepted()).isZero();
    assertThat(report.sources().get(1).quarantined()).isPositive();
  }

  @Test
  void a_packed_file_cut_anywhere_says_so_and_keeps_only_rows_that_were_whole() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    StringBuilder rows = new StringBuilder("label,text\n");
    for (int i = 0; i < 200; i++) {
      rows.append("ham,text number ").append(i * 7919 % 1000).append('\n');
    }
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(rows.toString().getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = packed.toByteArray();
    for (int cut = 3; cut < whole.length; cut += 37) {
      Path file = Runs.written(folder.resolve("mails.csv.gz"), Arrays.copyOf(whole, cut));
      Source source = Source.of(file, Format.csv());
      Path run = folder.resolve("run" + cut);
      Pipeline.of(MAILS).run(List.of(source), run);
      List<String> stopped = Runs.quarantined(run);
      assertThat(stopped).hasSize(1);
      assertThat(stopped.get(0)).endsWith("read: truncated");
      String accepted = Runs.accepted(run, source);
      assertThat(rows.toString()).startsWith(accepted);
      assertThat(accepted).matches(text -> text.isEmpty() || text.endsWith("\n"));
    }
  }

  @Test
  void a_quarantine_file_has_no_character_that_a_spreadsheet_or_terminal_would_obey()
      throws IOException {
    run(
        Runs.csv(
            folder.resolve("mails.csv"),
            """
            label,text
            x,=cmd|' /C calc'!A0
            +1;-1,"a,=1+1,@x"
            ham,=\u202Eevil\u001B[2J
            bad
            """));
    for (String file : List.of("run/0-read.quarantine.jsonl", "run/1-schema.quarantine.jsonl")) {
      String text = Files.readString(folder.resolve(file));
      assertThat(text).isNotEmpty().matches("[\\x20-\\x7e\\n]*");
      for (String cell : text.split("[,;\\t\\n\"]", -1)) {
        assertThat(cell.strip()).doesNotContainPattern("^[=+@-]");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1e999, not-finite",
    "NaN, not-finite",
    "-Infinity, not-finite",
    "inf, not-finite",
    "0x1p3, type",
    "1f, type",
    "١٢, type",
    "12.5, type",
    "-1, range",
    "151, range"
  })
  void numbers_are_decimal_finite_and_in_range(String text, String rule) throws IOException {
    Schema ages = Schema.of(Column.number("age").between(0, 150).wholeOnly());
    Source source = Runs.csv(folder.resolve("ages.csv"), "age\n42\n" + text + "\n");
    Pipeline.of(ages).run(List.of(source), folder.resolve("run"));
    assertThat(quarantined()).containsExactly("3 schema: " + rule);
  }

  @Test
  void quotes_mean_nothing_where_the_format_says_so() throws IOException {
    Path file = folder.resolve("mails.tsv");
    Runs.written(file, "ham\t\"he said\nspam\t5\" pipe\n".getBytes(StandardCharsets.UTF_8));
    Source source =
        Source.of(
            file, Format.csv().withSeparator('\t').withoutQuotes().withoutHeader("label", "text"));
    assertThat(run(source).rowsAccepted()).isEqualTo(2);
  }

  @Test
  void a_quarantined_row_is_found_in_its_source_by_offset_and_length() throws IOException {
    String text = "label,text\nham,ä\nspäm,x\nham,y\n";
    run(Runs.csv(folder.resolve("mails.csv"), text));
    IngestionReport.forEachQuarantined(
        folder.resolve("run"),
        row ->
            assertThat(
                    new String(
                        Arrays.copyOfRange(
                            text.getBytes(StandardCharsets.UTF_8),
                            (int) row.offset(),
                            (int) (row.offset() + row.bytes())),
                        StandardCharsets.UTF_8))
                .isEqualTo("späm,x\n"));
    assertThat(quarantined()).hasSize(1);
  }
}
