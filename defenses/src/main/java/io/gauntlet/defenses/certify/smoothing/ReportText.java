package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.threat.Norm;
import java.util.Locale;

/** A report as lines for a console. */
final class ReportText {
  private static final int POINTS = 9;
  private static final double CONFIDENCE = 0.999;

  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  static String of(SmoothingReport report) {
    ReportText text = new ReportText();
    text.facts(report, report.method());
    text.line("");
    text.curve(report);
    return text.text.toString();
  }

  private void facts(SmoothingReport report, RandomizedSmoothing method) {
    line(
        "Noise        %s; %,d copies choose, %,d certify", method.noise(), method.n0(), method.n());
    line("Examples     %,d, for %,d queries", report.examples(), report.queries());
    line("Abstained    on %s", report.abstained());
    line(
        "Mean radius  %.3f in %s, of %.3f at most",
        report.averageCertifiedRadius(), method.noise().norm(), method.largestRadius());
    line("Confidence   each proof is wrong with probability %s at most;", method.alpha());
    line(
        "             with confidence %s no more than %d of all are, which \"at least\" takes off",
        CONFIDENCE, report.mostWrong(CONFIDENCE));
  }

  private void curve(SmoothingReport report) {
    line(
        "%10s %12s %11s %10s",
        report.method().noise().norm() + " radius", "Linf radius", "certified", "at least");
    for (SmoothingReport.Point point : report.curve(POINTS)) {
      line(
          "%10.3f %12.5f %10.1f%% %9.1f%%",
          point.radius(),
          point.radius() * report.insideFactor(Norm.linf()),
          100 * point.accuracy().value(),
          100 * report.certifiedAccuracyAtLeast(point.radius(), CONFIDENCE).value());
    }
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
