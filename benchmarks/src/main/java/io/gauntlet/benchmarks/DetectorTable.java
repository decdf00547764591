package io.gauntlet.benchmarks;

import io.gauntlet.benchmarks.DetectorResults.Measurement;
import io.gauntlet.benchmarks.DetectorResults.Net;
import io.gauntlet.benchmarks.DetectorResults.Planting;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Measurements as Markdown: over the seeds, medians at a glance, then with their ranges. */
final class DetectorTable {
  private static final String NONE = "–";

  private final List<Net> nets;
  private final List<Measurement> measurements;
  private final List<String> detectors;

  DetectorTable(List<Net> nets, List<Measurement> measurements) {
    this.nets = nets;
    this.measurements = measurements;
    detectors = measurements.stream().map(Measurement::detector).distinct().toList();
  }

  /** What all seeds have in common. */
  private record Row(String attack, double rate) {
    static Row of(Planting planting) {
      return new Row(planting.attack(), planting.rate());
    }

    String title() {
      return rate == 0
          ? attack + " | 0"
          : String.format(Locale.ROOT, "%s | %.1f", attack, 100 * rate);
    }
  }

  String markdown() {
    List<Row> rows =
        nets.stream()
            .map(net -> Row.of(net.planting()))
            .distinct()
            .sorted(
                Comparator.comparing((Row row) -> row.rate() > 0)
                    .thenComparing(Row::attack)
                    .thenComparing(Row::rate))
            .toList();
    return """
    ## True / false positive rate, medians over the seeds, %%

    | attack | poisoned %% | accuracy | attack success | %s |
    |---|---|---|---|%s|
    %s
    ## The same with the range over the seeds

    | attack | poisoned %% | detector | seeds | true positives %% | false positives %% | AUROC \
    | anomaly index |
    |---|---|---|---|---|---|---|---|
    %s"""
        .formatted(
            String.join(" | ", detectors),
            detectors.stream().map(detector -> "---").collect(Collectors.joining("|")),
            rows.stream().map(this::glance).collect(Collectors.joining()),
            rows.stream().map(this::details).collect(Collectors.joining()));
  }

  private String glance(Row row) {
    List<Net> those = nets.stream().filter(net -> Row.of(net.planting()).equals(row)).toList();
    return "| %s | %s | %s | %s |\n"
        .formatted(
            row.title(),
            Spread.of(those, Net::accuracy).percent(),
            Spread.of(those, Net::success).percent(),
            detectors.stream()
                .map(detector -> cell(measured(row, detector)))
                .collect(Collectors.joining(" | ")));
  }

  private static String cell(List<Measurement> measured) {
    String missed = Spread.of(measured, DetectorTable::truePositives).percent();
    String accused = Spread.of(measured, DetectorTable::falsePositives).percent();
    return measured.isEmpty() ? "" : missed + " / " + accused;
  }

  private String details(Row row) {
    return detectors.stream()
        .filter(detector -> !measured(row, detector).isEmpty())
        .map(detector -> detail(row, detector, measured(row, detector)))
        .collect(Collectors.joining());
  }

  private static String detail(Row row, String detector, List<Measurement> measured) {
    return "| %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            row.title(),
            detector,
            measured.size(),
            Spread.of(measured, DetectorTable::truePositives).percents(),
            Spread.of(measured, DetectorTable::falsePositives).percents(),
            Spread.of(measured, one -> one.found().auroc()).numbers(),
            Spread.of(measured, one -> one.found().index()).numbers());
  }

  private List<Measurement> measured(Row row, String detector) {
    return measurements.stream()
        .filter(one -> Row.of(one.planting()).equals(row) && one.detector().equals(detector))
        .toList();
  }

  private static @Nullable Double truePositives(Measurement one) {
    return share(one.found().found(), one.found().poisoned());
  }

  private static @Nullable Double falsePositives(Measurement one) {
    return share(one.found().accused(), one.found().clean());
  }

  private static @Nullable Double share(int some, int all) {
    return all == 0 ? null : (double) some / all;
  }

  /** Numbers of several seeds, ascending; none where there are none. */
  private record Spread(List<Double> sorted) {
    static <T> Spread of(List<T> seeds, Function<T, @Nullable Double> number) {
      return new Spread(seeds.stream().map(number).filter(Objects::nonNull).sorted().toList());
    }

    private double median() {
      int middle = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(middle)
          : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    String percent() {
      return shown("%1$.1f", 100);
    }

    String percents() {
      return shown("%1$.1f (%2$.1f to %3$.1f)", 100);
    }

    String numbers() {
      return shown("%1$.2f (%2$.2f to %3$.2f)", 1);
    }

    private String shown(String format, double unit) {
      return sorted.isEmpty()
          ? NONE
          : String.format(
              Locale.ROOT,
              format,
              unit * median(),
              unit * sorted.get(0),
              unit * sorted.get(sorted.size() - 1));
    }
  }
}
