package io.gauntlet.defenses.sanitize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as tables for a console. */
final class ReportText {
  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  static String of(IngestionReport report) {
    ReportText text = new ReportText();
    text.line(
        "%s rows read, %s accepted, %s quarantined"
            .formatted(report.rowsRead(), report.rowsAccepted(), report.rowsQuarantined()));
    text.sources(report);
    text.stages(report);
    text.drift(report);
    text.notes(report);
    return text.text.toString();
  }

  private void sources(IngestionReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("source", "read", "accepted", "quarantined"));
    for (SourceResult source : report.sources()) {
      rows.add(
          List.of(
              source.name(),
              String.valueOf(source.read()),
              String.valueOf(source.accepted()),
              String.valueOf(source.quarantined())));
    }
    table(rows);
  }

  private void stages(IngestionReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("stage", "entered", "quarantined", "for"));
    for (StageResult stage : report.stages()) {
      rows.add(
          List.of(
              stage.name(),
              String.valueOf(stage.entered()),
              String.valueOf(stage.quarantined()),
              reasons(stage)));
    }
    table(rows);
  }

  private static String reasons(StageResult stage) {
    Map<String, Long> rules = new LinkedHashMap<>();
    stage.tallies().forEach(tally -> rules.merge(tally.rule(), tally.rows(), Long::sum));
    return rules.entrySet().stream()
        .map(rule -> rule.getKey() + " " + rule.getValue())
        .collect(Collectors.joining(", "));
  }

  private void drift(IngestionReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("stage", "source", "column", "test", "statistic", "p", "corrected", "verdict"));
    for (StageResult stage : report.stages()) {
      for (DriftTest test : stage.drift()) {
        rows.add(
            List.of(
                stage.name(),
                test.source(),
                test.column(),
                test.test(),
                number(test.statistic()),
                number(test.p()),
                number(test.corrected()),
                test.drifted() ? "drifted" : "-"));
      }
    }
    if (rows.size() > 1) {
      table(rows);
    }
  }

  private void notes(IngestionReport report) {
    for (StageResult stage : report.stages()) {
      stage.notes().forEach(note -> line("note, " + stage.name() + ": " + note));
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  /** Columns as wide as their widest cell, after an empty line. */
  private void table(List<List<String>> rows) {
    line("");
    for (List<String> row : rows) {
      StringBuilder cells = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        cells.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
      }
      line(cells.toString().stripTrailing());
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
