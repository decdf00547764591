package io.gauntlet.examples;

import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.examples.StealModelOverRest.Result;
import io.gauntlet.examples.StealModelOverRest.Theft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Fidelity against rows sent, one line for each guard, as one self-contained SVG picture. */
record FidelityPlot(String title, List<Line> lines) {
  private static final int LEFT = 80;
  private static final int TOP = 50;
  private static final int ACROSS = 480;
  private static final int DOWN = 300;
  private static final int KEY = 20;
  private static final double LOWEST = 0.5; // that of guessing between two classes

  /** Colours that the colour-blind can tell apart (Okabe, Ito, 2008). */
  private static final List<String> COLOURS =
      List.of("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

  private record Line(String name, List<Extraction.Point> points) {}

  static FidelityPlot of(String title, List<Result> results, Function<Result, Theft> chosen) {
    return new FidelityPlot(
        title,
        results.stream()
            .map(result -> new Line(result.guard(), chosen.apply(result).curve()))
            .toList());
  }

  void write(Path file) throws IOException {
    AtomicFile.write(file, out -> out.write(svg().getBytes(StandardCharsets.UTF_8)));
  }

  private String svg() {
    long longest =
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToLong(Extraction.Point::queries)
            .max()
            .orElse(1);
    long step = step(longest);
    long most = (longest + step - 1) / step * step;
    Formatter svg = new Formatter(Locale.ROOT);
    svg.format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"820\" height=\"420\""
            + " font-family=\"sans-serif\" font-size=\"13\" role=\"img\">%n"
            + "<title>%s</title>%n<rect width=\"820\" height=\"420\" fill=\"white\"/>%n",
        escaped(title));
    text(svg, LEFT, 28, "start", title);
    for (int tenth = 5; tenth <= 10; tenth++) {
      double y = y(tenth / 10.0);
      rule(svg, LEFT, y, LEFT + ACROSS, y);
      text(svg, LEFT - 8, y + 4, "end", 10 * tenth + " %");
    }
    for (long rows = 0; rows <= most; rows += step) {
      double x = LEFT + ACROSS * (double) rows / most;
      rule(svg, x, TOP, x, TOP + DOWN);
      text(svg, x, TOP + DOWN + 18, "middle", String.valueOf(rows));
    }
    text(svg, LEFT + ACROSS / 2.0, TOP + DOWN + 42, "middle", "rows sent");
    svg.format("<g transform=\"rotate(-90 18 %d)\">%n", TOP + DOWN / 2);
    text(svg, 18, TOP + DOWN / 2.0, "middle", "fidelity: answered like the model");
    svg.format("</g>%n");
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, i, most);
    }
    return svg.format("</svg>%n").toString();
  }

  /** The smallest round number, 1, 2 or 5 with zeros, of which at most eight steps are needed. */
  private static long step(long longest) {
    long step = 1;
    for (int i = 0; longest > 8 * step; i++) {
      step = i % 3 == 1 ? step / 2 * 5 : 2 * step;
    }
    return step;
  }

  private void draw(Formatter svg, int number, long most) {
    Line line = lines.get(number);
    String style =
        String.format(
            Locale.ROOT,
            "stroke=\"%s\" stroke-width=\"2\" fill=\"none\"%s",
            COLOURS.get(number % COLOURS.size()),
            number < COLOURS.size() ? "" : " stroke-dasharray=\"6 4\"");
    String path =
        line.points().stream()
            .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point, most), y(point)))
            .collect(Collectors.joining(" "));
    svg.format("<polyline points=\"%s\" %s/>%n", path, style);
    double y = TOP + 10 + KEY * number;
    int x = LEFT + ACROSS + 16;
    svg.format("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" %s/>%n", x, y, x + 24, y, style);
    text(svg, x + 32, y + 4, "start", line.name());
  }

  private static double x(Extraction.Point point, long most) {
    return LEFT + ACROSS * (double) point.queries() / most;
  }

  private static double y(Extraction.Point point) {
    return y(point.agreement().rate());
  }

  private static double y(double fidelity) {
    return TOP + DOWN * (1 - Math.max(fidelity, LOWEST)) / (1 - LOWEST);
  }

  private static void rule(Formatter svg, double x1, double y1, double x2, double y2) {
    svg.format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
        x1, y1, x2, y2);
  }

  private static void text(Formatter svg, double x, double y, String anchor, String text) {
    svg.format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
