package io.gauntlet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class CurvePlotTest {
  private static RobustnessReport report(ThreatModel threat, List<Outcome> outcomes) {
    return Fixed.report(threat, outcomes, List.of(), List.of(), Batch.of());
  }

  /** Some that are wrong at first, some that fall at these distances, some that never do. */
  private static RobustnessReport report(
      ThreatModel threat, int wrong, int survived, double... distances) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < wrong; i++) {
      outcomes.add(new Outcome.Misclassified(outcomes.size(), 0, 1));
    }
    for (int i = 0; i < survived; i++) {
      outcomes.add(new Outcome.Survived(outcomes.size(), 0, 0));
    }
    for (double distance : distances) {
      outcomes.add(new Outcome.Fooled(outcomes.size(), 0, 1, "A", distance));
    }
    return report(threat, outcomes);
  }

  private static double[] bellShaped(long seed, double mean, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] distances = new double[count];
    Arrays.setAll(distances, i -> mean * Math.abs(1 + 0.35 * random.nextGaussian()));
    return distances;
  }

  private static final ThreatModel ANYWHERE = ThreatModel.unbounded(Norm.l2());

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> all(Document svg, String element, String attribute) {
    NodeList found = svg.getElementsByTagName(element);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      Element each = (Element) found.item(i);
      values.add(attribute.isEmpty() ? each.getTextContent() : each.getAttribute(attribute));
    }
    return values;
  }

  @Test
  void a_curve_is_a_staircase_from_clean_accuracy_to_the_survivors() throws Exception {
    Document svg = parsed(CurvePlot.of("net", report(ANYWHERE, 1, 1, 0.25, 0.5)).toSvg());
    // from 0 to 0.5 across 650 pixels from 74 on; from 100 % to 0 % over 320 pixels from 48 on
    assertThat(all(svg, "polyline", "points"))
        .containsExactly("74.0,128.0 399.0,128.0 399.0,208.0 724.0,208.0 724.0,288.0 724.0,288.0");
    assertThat(all(svg, "polygon", "points")).hasSize(1);
    assertThat(all(svg, "text", ""))
        .contains("epsilon (L2, in input units)", "robust accuracy (% of examples)")
        .contains("0.0", "0.1", "0.5", "0 %", "100 %")
        .contains("net4 examples, median 0.5000");
  }

  @Test
  void bounded_reports_are_points_behind_clean_accuracy_in_the_order_of_their_epsilon()
      throws Exception {
    RobustnessReport large = report(ThreatModel.linf(0.5f), 1, 1, 0.5, 0.5);
    RobustnessReport small = report(ThreatModel.linf(0.25f), 1, 2, 0.25);
    Document svg = parsed(CurvePlot.of("net", large, small).toSvg());
    assertThat(all(svg, "circle", "cx")).startsWith("74.0", "399.0", "724.0").hasSize(4);
    assertThat(all(svg, "circle", "cy")).startsWith("128.0", "208.0", "288.0");
    assertThat(all(svg, "path", "d")).hasSize(3);
    assertThat(all(svg, "polyline", "points"))
        .containsExactly("74.0,128.0 399.0,208.0 724.0,288.0");
  }

  @Test
  void an_epsilon_of_zero_is_the_clean_accuracy_itself() throws Exception {
    RobustnessReport zero = report(ThreatModel.linf(0), 1, 3);
    RobustnessReport small = report(ThreatModel.linf(0.25f), 1, 2, 0.25);
    Document svg = parsed(CurvePlot.of("net", zero, small).toSvg());
    assertThat(all(svg, "path", "d")).as("error bars").hasSize(2);
  }

  @Test
  void the_band_is_the_exact_interval() throws Exception {
    RobustnessReport report = report(ANYWHERE, 0, 30, 1);
    Document svg = parsed(CurvePlot.of("net", report).toSvg());
    double lower = report.robustAccuracyIntervalAt(0, 0.95).lower();
    double upper = report.robustAccuracyIntervalAt(1, 0.95).upper();
    String band = all(svg, "polygon", "points").get(0);
    assertThat(band)
        .startsWith("74.0,48.0 ")
        .contains(String.format(Locale.ROOT, "724.0,%.1f", 48 + 320 * (1 - upper)))
        .endsWith(String.format(Locale.ROOT, "74.0,%.1f", 48 + 320 * (1 - lower)));
  }

  @Test
  void several_lines_share_the_axes_and_have_a_legend_of_their_own() throws Exception {
    CurvePlot plot =
        CurvePlot.of("undefended", report(ANYWHERE, 1, 0, 0.25, 0.5))
            .with("trained", report(ANYWHERE, 1, 0, 1, 2))
            .with("points", report(ThreatModel.l2(1), 1, 1, 0.5));
    Document svg = parsed(plot.toSvg());
    assertThat(all(svg, "polyline", "points")).hasSize(3);
    assertThat(all(svg, "text", ""))
        .contains("undefended3 examples, median 0.3750", "trained3 examples, median 1.500")
        .contains("points3 examples");
    assertThat(all(svg, "g", "stroke")).contains("#0072b2", "#d55e00", "#009e73");
  }

  @Test
  void nothing_that_fell_is_a_level_line() throws Exception {
    Document svg = parsed(CurvePlot.of("rock", report(ANYWHERE, 0, 9)).toSvg());
    assertThat(all(svg, "polyline", "points")).containsExactly("74.0,48.0 724.0,48.0");
    assertThat(all(svg, "text", "")).contains("rock9 examples");
  }

  @Test
  void l0_counts_features() throws Exception {
    Document svg =
        parsed(CurvePlot.of("net", report(ThreatModel.unbounded(Norm.l0()), 0, 0, 1, 3)).toSvg());
    assertThat(all(svg, "text", ""))
        .contains("epsilon (changed features)", "0", "1", "2", "3")
        .doesNotContain("0.5");
  }

  @Test
  void any_name_is_a_name() throws Exception {
    String name = "a<b> & \"c\" \u0000\ud800 \ud83d\ude00";
    Document svg = parsed(CurvePlot.of(name, report(ANYWHERE, 0, 1)).toSvg());
    assertThat(all(svg, "text", "")).contains("a<b> & \"c\"    \ud83d\ude001 examples");
    Document wide = parsed(CurvePlot.of("n".repeat(500), report(ANYWHERE, 0, 1)).toSvg());
    assertThat(all(wide, "text", "")).contains("n".repeat(60) + "...1 examples");
  }

  @Test
  void ten_thousand_steps_are_no_more_than_the_picture_can_show() throws Exception {
    RobustnessReport report = report(ANYWHERE, 50, 3, bellShaped(1, 0.5, 10_000));
    Document svg = parsed(CurvePlot.of("net", report).toSvg());
    String[] corners = all(svg, "polyline", "points").get(0).split(" ", -1);
    assertThat(corners).hasSizeBetween(500, 2 * 652);
    assertThat(corners[0]).isEqualTo("74.0,49.6");
    assertThat(corners[corners.length - 1]).isEqualTo("724.0,367.9");
  }

  @Test
  void reports_that_do_not_belong_together_are_refused() {
    RobustnessReport curve = report(ANYWHERE, 0, 1, 1);
    RobustnessReport point = report(ThreatModel.l2(1), 0, 1);
    assertThatThrownBy(() -> CurvePlot.of("both", point, curve))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("a report without a bound is a line of its own, but both had 2 reports");
    assertThatThrownBy(() -> CurvePlot.of("empty"))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("a line needs a report, but empty had none");
    RobustnessReport other = report(ThreatModel.linf(1), 0, 1);
    assertThatThrownBy(() -> CurvePlot.of("one", curve).with("other", other))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("all reports of a plot must have one norm, but had L2 and Linf");
  }

  @Test
  void the_file_holds_the_picture(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("new/curve.svg");
    CurvePlot plot =
        CurvePlot.of("undefended", report(ANYWHERE, 10, 0, bellShaped(1, 0.3, 490)))
            .with("adversarially trained (PGD)", report(ANYWHERE, 60, 12, bellShaped(2, 1.1, 428)))
            .with(
                "bounded runs of AutoAttack against the trained one",
                report(ThreatModel.l2(0.5f), 60, 395, bellShaped(3, 0.4, 45)),
                report(ThreatModel.l2(1), 60, 250, bellShaped(3, 0.4, 190)),
                report(ThreatModel.l2(1.5f), 60, 80, bellShaped(3, 0.4, 360)));
    plot.write(file);
    assertThat(Files.readString(file))
        .isEqualTo(plot.toSvg())
        .startsWith("<svg ")
        .endsWith("</svg>\n");
  }
}
