package io.gauntlet.examples;

import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.random.Seed;
import io.gauntlet.report.ImageGrid;
import io.gauntlet.report.JsonReport;
import io.gauntlet.report.TextReport;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The whole job in half a minute: trains a small convolutional network on real handwritten digits,
 * attacks it under Linf and L2, prints what it withstands, and writes the reports and the images.
 *
 * <pre>{@code mvn -q compile exec:java -pl examples -am}</pre>
 */
public final class QuickStart {
  private static final int TRAINING = 1297;
  private static final int EPOCHS = 12;
  private static final int SHOWN = 10;
  private static final List<ThreatModel> THREATS =
      List.of(ThreatModel.linf(0.15f), ThreatModel.l2(0.8f));

  private QuickStart() {}

  /** Runs the example; the optional argument is the folder for its files. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "quickstart-output");
    System.out.println("Training a convolutional network on 1,297 handwritten digits ...");
    List<RobustnessReport> reports = run(folder, ConsoleProgress.onStandardError());
    for (RobustnessReport report : reports) {
      System.out.println();
      System.out.print(TextReport.toString(report));
    }
    System.out.println();
    System.out.println("Reports (JSON) and images (PNG): " + folder.toAbsolutePath());
  }

  /**
   * Trains, attacks, and writes {@code linf.json}, {@code linf.png}, {@code l2.json} and {@code
   * l2.png} into {@code folder}.
   *
   * @return one report for each threat model
   * @throws IOException if a file cannot be written
   */
  public static List<RobustnessReport> run(Path folder, Progress progress) throws IOException {
    Examples digits = Digits.all();
    Examples unseen = digits.slice(TRAINING, digits.count());
    List<RobustnessReport> reports = new ArrayList<>();
    try (DjlModel model = Digits.trained(digits.first(TRAINING), EPOCHS, Seed.of(1))) {
      for (ThreatModel threat : THREATS) {
        RobustnessReport report =
            Robustness.of(model)
                .under(threat)
                .attackedBy(RandomNoise.standard(), Fgsm.standard(), Pgd.standard().withRestarts(5))
                .withSeed(42)
                .withProgress(progress)
                .evaluate(unseen);
        String name = threat.norm().toString().toLowerCase(Locale.ROOT);
        JsonReport.write(report, folder.resolve(name + ".json"));
        ImageGrid.write(report, unseen, model.domain(), SHOWN, folder.resolve(name + ".png"));
        reports.add(report);
      }
    }
    return reports;
  }
}
