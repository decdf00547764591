package io.gauntlet.examples;

import io.gauntlet.attack.Attack;
import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Fab;
import io.gauntlet.attacks.minimum.Fmn;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.report.CurvePlot;
import io.gauntlet.report.TextReport;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How robust accuracy falls with epsilon, for every epsilon from one run: minimum-norm attacks look
 * for the closest adversarial digit under Linf and L2. At a few epsilons APGD, which knows its
 * epsilon, checks the curve.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am -Dexec.mainClass=io.gauntlet.examples.EpsilonCurve
 * }</pre>
 */
public final class EpsilonCurve {
  private static final int TRAINING = 1297;
  private static final int EPOCHS = 12;
  private static final int EXAMPLES = 200;

  private EpsilonCurve() {}

  /** Runs the example; the optional argument is the folder for its files. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "quickstart-output");
    System.out.println("Training a convolutional network on 1,297 handwritten digits ...");
    for (RobustnessReport report : run(folder, ConsoleProgress.onStandardError())) {
      System.out.println();
      System.out.print(TextReport.toString(report));
    }
    System.out.println();
    System.out.println("Curves (SVG): " + folder.toAbsolutePath());
  }

  /**
   * Trains, attacks, and writes {@code linf-curve.svg} and {@code l2-curve.svg} into {@code
   * folder}.
   *
   * @return for each norm the report without a bound, then those of APGD at growing epsilon
   * @throws IOException if a file cannot be written
   */
  public static List<RobustnessReport> run(Path folder, Progress progress) throws IOException {
    Examples digits = Digits.all();
    Examples unseen = digits.slice(TRAINING, TRAINING + EXAMPLES);
    List<RobustnessReport> reports = new ArrayList<>();
    try (DjlModel model = Digits.trained(digits.first(TRAINING), EPOCHS, Seed.of(1))) {
      for (Norm norm : List.of(Norm.linf(), Norm.l2())) {
        Setting setting = new Setting(model, unseen, progress);
        RobustnessReport closest =
            setting.evaluate(
                ThreatModel.unbounded(norm),
                List.of(Fmn.standard(), Fab.targeted().withTargets(2).withSteps(30)));
        double half = closest.medianDistance();
        List<RobustnessReport> checks = new ArrayList<>();
        for (double share : new double[] {0.5, 1, 1.5}) {
          ThreatModel bounded = new ThreatModel(norm, (float) (share * half));
          checks.add(
              setting.evaluate(bounded, List.of(Apgd.targeted().withTargets(2).withSteps(50))));
        }
        CurvePlot.of("FMN and FAB-T, the closest of both", closest)
            .with("APGD-T, told its epsilon", checks.toArray(RobustnessReport[]::new))
            .write(folder.resolve(norm.toString().toLowerCase(Locale.ROOT) + "-curve.svg"));
        reports.add(closest);
        reports.addAll(checks);
      }
    }
    return reports;
  }

  private record Setting(DjlModel model, Examples examples, Progress progress) {
    RobustnessReport evaluate(
        ThreatModel threat, List<Attack<? super DifferentiableModel>> attacks) {
      return Robustness.of(model)
          .under(threat)
          .attackedBy(attacks)
          .withSeed(42)
          .withProgress(progress)
          .evaluate(examples);
    }
  }
}
