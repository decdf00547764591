package io.gauntlet.examples;

import io.gauntlet.attacks.extraction.Share;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.examples.StealModelOverRest.Findings;
import io.gauntlet.examples.StealModelOverRest.Result;
import io.gauntlet.examples.StealModelOverRest.Theft;
import io.gauntlet.examples.StealModelOverRest.Watch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** Findings as text: what each thief has behind each guard, and when each monitor notices him. */
final class TheftTables {
  private static final int NAME = 30;

  private TheftTables() {}

  static String of(Findings findings) {
    List<Theft> unguarded = findings.results().get(0).thefts();
    Formatter tables = new Formatter(Locale.ROOT);
    tables.format(
        "Share of held-out sentences that a thief's copy answers like the model, and what%n");
    tables.format("honest clients get: right answers, and how far scores are off (L1)%n%n");
    tables.format("%-" + NAME + "s %8s %6s ", "guard", "accuracy", "L1");
    unguarded.forEach(theft -> tables.format(" %14s", theft.thief()));
    tables.format("%n");
    for (Result result : findings.results()) {
      tables.format(
          "%-" + NAME + "s %8s %6.3f ",
          result.guard(),
          percent(result.price().accuracy()),
          result.price().l1());
      result.thefts().forEach(theft -> tables.format(" %14s", percent(theft.agreement())));
      tables.format("%n");
    }
    tables.format(
        "%nRows that a thief has sent when a monitor first speaks up, and honest clients%n");
    tables.format("who are accused in their first 200 rows (with the 95 %% interval)%n%n");
    tables.format("%-" + NAME + "s %22s ", "monitor", "honest accused");
    unguarded.forEach(theft -> tables.format(" %14s", theft.thief()));
    tables.format("%n");
    for (Watch watch : findings.watches()) {
      tables.format("%-" + NAME + "s %22s ", watch.monitor(), accused(watch.accused()));
      unguarded.forEach(theft -> tables.format(" %14s", noticed(theft, watch.monitor())));
      tables.format("%n");
    }
    return tables.toString();
  }

  /** The tables and, beside it, the curves. */
  static void write(Findings findings, Path file) throws IOException {
    String page =
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Model theft</title></head>
        <body><h1>Model theft</h1>
        <pre>%s</pre>
        <img src="naive.svg" alt="curves of the naive thief">
        <img src="best.svg" alt="curves of the best thief">
        </body></html>
        """
            .formatted(of(findings));
    AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String accused(Share share) {
    Interval interval = Interval.clopperPearson(share.count(), share.total(), 0.95);
    return String.format(
        Locale.ROOT,
        "%d of %d (%.0f-%.0f %%)",
        share.count(),
        share.total(),
        100 * interval.lower(),
        100 * interval.upper());
  }

  private static String noticed(Theft theft, String monitor) {
    Long rows = theft.noticedAfter().get(monitor);
    return rows == null ? "never" : rows.toString();
  }
}
