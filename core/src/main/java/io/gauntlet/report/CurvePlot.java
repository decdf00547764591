package io.gauntlet.report;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.threat.Norm;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Robust accuracy against epsilon, as one self-contained SVG picture that every browser shows.
 *
 * <pre>{@code
 * CurvePlot.of("undefended", reportWithoutBound)
 *     .with("adversarially trained", reportAt2, reportAt4, reportAt8)
 *     .write(Path.of("curve.svg"));
 * }</pre>
 *
 * <p>A report without a bound is a whole curve; reports of bounded threat models are one point
 * each, and the accuracy without an attacker stands before them. The shade around a curve and the
 * bars at the points are exact (Clopper-Pearson) 95 % intervals for each epsilon by itself.
 */
public final class CurvePlot {
  private static final double CONFIDENCE = 0.95;
  private static final int WIDTH = 760;
  private static final int LEFT = 74;
  private static final int TOP = 48;
  private static final int ACROSS = 650;
  private static final int DOWN = 320;
  private static final int AXIS = 62;
  private static final int LINE = 22;
  private static final int LONGEST = 60;

  /** Colours that the colour-blind can tell apart (Okabe, Ito, 2008). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

  private final List<Series> all;

  private record Series(String name, List<RobustnessReport> reports) {
    boolean isCurve() {
      return !reports.get(0).threat().isBounded();
    }
  }

  /** Robust accuracy at one epsilon and its interval. */
  private record Sample(double epsilon, double accuracy, Interval interval) {
    static Sample of(RobustnessReport report, double epsilon) {
      return new Sample(
          epsilon,
          report.robustAccuracyAt(epsilon),
          report.robustAccuracyIntervalAt(epsilon, CONFIDENCE));
    }
  }

  private CurvePlot(List<Series> all) {
    this.all = List.copyOf(all);
  }

  /** A plot of one line, as {@link #with} adds more. */
  public static CurvePlot of(String name, RobustnessReport... reports) {
    return new CurvePlot(List.of()).with(name, reports);
  }

  /**
   * The same plot with one more line.
   *
   * @param name what the legend says
   * @param reports one without a bound, or one or more with a bound, in any order
   * @throws IllegalArgumentException if they are neither, or of another norm than the others
   */
  public CurvePlot with(String name, RobustnessReport... reports) {
    List<RobustnessReport> some = new ArrayList<>(List.of(reports));
    if (some.isEmpty()) {
      throw new IllegalArgumentException("a line needs a report, but %s had none".formatted(name));
    }
    if (some.size() > 1 && some.stream().anyMatch(report -> !report.threat().isBounded())) {
      throw new IllegalArgumentException(
          "a report without a bound is a line of its own, but %s had %s reports"
              .formatted(name, some.size()));
    }
    some.sort(Comparator.comparing(report -> report.threat().epsilon()));
    List<Series> more = new ArrayList<>(all);
    more.add(new Series(name, List.copyOf(some)));
    for (Series series : more) {
      for (RobustnessReport report : series.reports) {
        if (report.threat().norm() != norm(more)) {
          throw new IllegalArgumentException(
              "all reports of a plot must have one norm, but had %s and %s"
                  .formatted(norm(more), report.threat().norm()));
        }
      }
    }
    return new CurvePlot(more);
  }

  private static Norm norm(List<Series> series) {
    return series.get(0).reports.get(0).threat().norm();
  }

  /**
   * Writes the picture; the file appears whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    byte[] svg = toSvg().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(svg));
  }

  /** The picture as SVG text. */
  public String toSvg() {
    List<BigDecimal> ticks = Ticks.upTo(farthest(), norm(all) == Norm.l0());
    double most = Math.max(ticks.get(ticks.size() - 1).doubleValue(), Double.MIN_NORMAL);
    int height = TOP + DOWN + AXIS + all.size() * LINE + 12;
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
            + " height=\"%d\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">",
        WIDTH,
        height,
        WIDTH,
        height);
    String title = "Robust accuracy against the size of the change, " + norm(all);
    add(svg, "<title>%s</title>", title);
    add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    add(svg, "<text x=\"%d\" y=\"28\" font-size=\"16\">%s</text>", LEFT, title);
    axes(svg, ticks, most);
    for (int i = 0; i < all.size(); i++) {
      Series series = all.get(i);
      add(svg, "<g stroke=\"%s\" fill=\"%s\" stroke-width=\"2\">", colour(i), colour(i));
      if (series.isCurve()) {
        curve(svg, series.reports.get(0), most);
      } else {
        points(svg, series.reports, most);
      }
      legend(svg, series, TOP + DOWN + AXIS + i * LINE);
      add(svg, "</g>");
    }
    add(svg, "</svg>");
    return svg.toString();
  }

  /** The largest epsilon at which anything happens. */
  private double farthest() {
    double farthest = 0;
    for (Series series : all) {
      for (RobustnessReport report : series.reports) {
        List<RobustnessReport.Point> curve = report.curve();
        farthest =
            Math.max(
                farthest,
                series.isCurve()
                    ? curve.get(curve.size() - 1).epsilon()
                    : report.threat().epsilon());
      }
    }
    return farthest;
  }

  private void axes(StringBuilder svg, List<BigDecimal> ticks, double most) {
    add(svg, "<g stroke=\"#dddddd\">");
    for (BigDecimal tick : ticks) {
      double x = x(tick.doubleValue(), most);
      add(svg, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x, TOP, x, TOP + DOWN);
    }
    for (int percent = 0; percent <= 100; percent += 20) {
      double y = y(percent / 100.0);
      add(svg, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", LEFT, y, LEFT + ACROSS, y);
    }
    add(svg, "</g>");
    add(svg, "<g fill=\"#333333\" text-anchor=\"middle\">");
    for (BigDecimal tick : ticks) {
      double x = x(tick.doubleValue(), most);
      add(svg, "<text x=\"%.1f\" y=\"%d\">%s</text>", x, TOP + DOWN + 18, Ticks.shortened(tick));
    }
    String unit = norm(all) == Norm.l0() ? "changed features" : norm(all) + ", in input units";
    int middle = LEFT + ACROSS / 2;
    add(svg, "<text x=\"%d\" y=\"%d\">epsilon (%s)</text>", middle, TOP + DOWN + 40, unit);
    int centre = TOP + DOWN / 2;
    add(
        svg,
        "<text x=\"20\" y=\"%d\" transform=\"rotate(-90 20 %d)\">robust accuracy (%% of"
            + " examples)</text>",
        centre,
        centre);
    add(svg, "</g>");
    add(svg, "<g fill=\"#333333\" text-anchor=\"end\">");
    for (int percent = 0; percent <= 100; percent += 20) {
      add(svg, "<text x=\"%d\" y=\"%.1f\">%d %%</text>", LEFT - 8, y(percent / 100.0) + 4, percent);
    }
    add(svg, "</g>");
  }

  private static void curve(StringBuilder svg, RobustnessReport report, double most) {
    List<Sample> samples = new ArrayList<>();
    for (double epsilon : visible(report.curve(), most)) {
      samples.add(Sample.of(report, epsilon));
    }
    List<String> band = stairs(samples, s -> s.interval.upper(), most);
    List<String> lower = stairs(samples, s -> s.interval.lower(), most);
    Collections.reverse(lower);
    band.addAll(lower);
    add(
        svg,
        "<polygon points=\"%s\" fill-opacity=\"0.15\" stroke=\"none\"/>",
        String.join(" ", band));
    String line = String.join(" ", stairs(samples, s -> s.accuracy, most));
    add(svg, "<polyline points=\"%s\" fill=\"none\"/>", line);
  }

  /** Where the curve steps, at most once a pixel: what falls into the same one falls together. */
  private static List<Double> visible(List<RobustnessReport.Point> curve, double most) {
    List<Double> epsilons = new ArrayList<>();
    long column = -1;
    for (RobustnessReport.Point point : curve) {
      long next = Math.round(x(point.epsilon(), most));
      if (next == column && epsilons.size() > 1) { // the start, at 0, stays
        epsilons.remove(epsilons.size() - 1);
      }
      epsilons.add(point.epsilon());
      column = next;
    }
    return epsilons;
  }

  /** Corners of a staircase that is level from each sample to the next, and to the right edge. */
  private static List<String> stairs(
      List<Sample> samples, ToDoubleFunction<Sample> height, double most) {
    List<String> corners = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      double y = y(height.applyAsDouble(samples.get(i)));
      corners.add(corner(x(samples.get(i).epsilon, most), y));
      double end = i + 1 < samples.size() ? samples.get(i + 1).epsilon : most;
      corners.add(corner(x(end, most), y));
    }
    return corners;
  }

  private static void points(StringBuilder svg, List<RobustnessReport> reports, double most) {
    List<Sample> samples = new ArrayList<>();
    if (reports.get(0).threat().epsilon() > 0) {
      samples.add(Sample.of(reports.get(0), 0));
    }
    for (RobustnessReport report : reports) {
      samples.add(Sample.of(report, report.threat().epsilon()));
    }
    List<String> corners = new ArrayList<>();
    for (Sample sample : samples) {
      double x = x(sample.epsilon, most);
      corners.add(corner(x, y(sample.accuracy)));
      add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x, y(sample.accuracy));
      double upper = y(sample.interval.upper());
      double lower = y(sample.interval.lower());
      add(svg, "<path d=\"M%.1f %.1fh8m-4 0V%.1fm-4 0h8\" fill=\"none\"/>", x - 4, upper, lower);
    }
    add(
        svg,
        "<polyline points=\"%s\" fill=\"none\" stroke-width=\"1\" stroke-dasharray=\"5 4\"/>",
        String.join(" ", corners));
  }

  private static void legend(StringBuilder svg, Series series, int y) {
    if (series.isCurve()) {
      add(svg, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", LEFT, y, LEFT + 26, y);
    } else {
      add(svg, "<circle cx=\"%d\" cy=\"%d\" r=\"4\"/>", LEFT + 13, y);
    }
    String name =
        series.name.length() <= LONGEST ? series.name : series.name.substring(0, LONGEST) + "...";
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" fill=\"#333333\" stroke=\"none\">%s<tspan dx=\"10\""
            + " fill=\"#777777\">%s</tspan></text>",
        LEFT + 34,
        y + 4,
        escaped(name),
        remark(series));
  }

  private static String remark(Series series) {
    RobustnessReport first = series.reports.get(0);
    if (!series.isCurve()) {
      return first.examples() + " examples";
    }
    double median = first.medianDistance();
    return Double.isFinite(median)
        ? String.format(Locale.ROOT, "%d examples, median %.4g", first.examples(), median)
        : first.examples() + " examples";
  }

  /** As XML text, without the characters that XML has no way to write. */
  private static String escaped(String text) {
    return text.replaceAll("[^\\t\\x20-\\ud7ff\\ue000-\\ufffd\\x{10000}-\\x{10ffff}]", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }

  private static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  private static double x(double epsilon, double most) {
    return LEFT + ACROSS * (epsilon / most);
  }

  private static double y(double accuracy) {
    return TOP + DOWN * (1 - accuracy);
  }

  private static String corner(double x, double y) {
    return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
