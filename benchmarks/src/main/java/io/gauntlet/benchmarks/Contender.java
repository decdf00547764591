package io.gauntlet.benchmarks;

import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.AutoAttack;
import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Bim;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Fab;
import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.minimum.CarliniWagnerL2;
import io.gauntlet.attacks.minimum.Ddn;
import io.gauntlet.attacks.minimum.DeepFool;
import io.gauntlet.attacks.minimum.Ead;
import io.gauntlet.attacks.minimum.Fmn;
import io.gauntlet.attacks.minimum.Jsma;
import io.gauntlet.attacks.minimum.Pdpgd;
import io.gauntlet.attacks.minimum.SigmaZero;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Range;
import io.gauntlet.report.JsonReport;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs one attack the way a peer of {@code benchmarks/peers} runs its own: after a warm-up on a few
 * images, with the steps it is told, and writes the report and the adversarial images for the
 * harness to judge.
 */
@Command(name = "Contender", sortOptions = false)
public final class Contender implements Callable<Integer> {
  @Option(names = "--attack", required = true, description = "such as pgd")
  String attack = "";

  @Option(names = "--model", required = true, description = "TorchScript file; answers logits")
  Path model = Path.of("");

  @Option(names = "--data", required = true, description = ".npz: x in [0, 1] and y")
  Path data = Path.of("");

  @Option(names = "--norm", required = true, description = "linf, l2, l1 or l0")
  String norm = "";

  @Option(names = "--epsilon", required = true, description = "Infinity: the closest counts")
  float epsilon;

  @Option(names = "--steps", required = true, description = "steps of one run of the attack")
  int steps;

  @Option(names = "--searches", defaultValue = "1", description = "binary search steps around it")
  int searches;

  @Option(names = "--batch", required = true, description = "most images per call of the model")
  int batch;

  @Option(names = "--workers", required = true, description = "threads that call the model")
  int workers;

  @Option(names = "--warm-up", required = true, description = "images to attack before the clock")
  int warmUp;

  @Option(names = "--seed", defaultValue = "0")
  long seed;

  @Option(names = "--report", required = true, description = "JSON to write")
  Path report = Path.of("");

  @Option(names = "--adversarial", required = true, description = ".npz to write")
  Path adversarial = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Contender()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples examples = NpzFiles.read(data, new Range(0, 1));
    try (DjlModel net = DjlModel.torchScript(model, examples.shape())) {
      Robustness<DifferentiableModel> evaluation =
          attacked(Robustness.of(net).under(new ThreatModel(norm(), epsilon)))
              .withBatch(batch)
              .withWorkers(workers)
              .withSeed(seed);
      if (warmUp > 0) {
        evaluation.evaluate(examples.first(warmUp));
      }
      RobustnessReport result = evaluation.evaluate(examples);
      NpzFiles.write(adversarial, attacked(examples, result.adversarial()));
      JsonReport.write(result, report);
    }
    return CommandLine.ExitCode.OK;
  }

  private Robustness<DifferentiableModel> attacked(Robustness<DifferentiableModel> evaluation) {
    return switch (attack) {
      case "fgsm" -> evaluation.attackedBy(Fgsm.standard());
      case "bim" -> evaluation.attackedBy(Bim.standard().withSteps(steps));
      case "pgd" -> evaluation.attackedBy(pgd());
      case "apgd" -> evaluation.attackedBy(Apgd.crossEntropy().withSteps(steps));
      case "apgd-dlr" -> evaluation.attackedBy(Apgd.dlr().withSteps(steps));
      case "apgd-t" -> evaluation.attackedBy(Apgd.targeted().withSteps(steps));
      case "fab-t" -> evaluation.attackedBy(Fab.targeted().withSteps(steps));
      case "square" -> evaluation.attackedBy(Square.standard().withQueries(steps));
      case "autoattack" -> evaluation.attackedBy(AutoAttack.standard());
      case "cw" -> evaluation.attackedBy(carliniWagner());
      case "deepfool" -> evaluation.attackedBy(DeepFool.standard().withSteps(steps));
      case "ead" ->
          evaluation.attackedBy(Ead.standard().withSearchSteps(searches).withSteps(steps));
      case "pdpgd" -> evaluation.attackedBy(Pdpgd.standard().withSteps(steps));
      case "sigma-zero" -> evaluation.attackedBy(SigmaZero.standard().withSteps(steps));
      case "jsma" -> evaluation.attackedBy(Jsma.standard());
      case "ddn" -> evaluation.attackedBy(Ddn.standard().withSteps(steps));
      case "fmn" -> evaluation.attackedBy(Fmn.standard().withSteps(steps));
      default -> throw new ParameterException(spec.commandLine(), "no such attack: " + attack);
    };
  }

  /** One run and no early stop, as the peers' are. */
  private Pgd pgd() {
    return Pgd.standard()
        .withSteps(steps)
        .withRestarts(1)
        .withObjective(Objective.CROSS_ENTROPY)
        .withEffort(Effort.ALL_STEPS);
  }

  private CarliniWagnerL2 carliniWagner() {
    return CarliniWagnerL2.standard()
        .withSearchSteps(searches)
        .withSteps(steps)
        .withAbortEarly(false);
  }

  private Norm norm() {
    return switch (norm) {
      case "linf" -> Norm.linf();
      case "l2" -> Norm.l2();
      case "l1" -> Norm.l1();
      case "l0" -> Norm.l0();
      default -> throw new ParameterException(spec.commandLine(), "no such norm: " + norm);
    };
  }

  /** The examples, each fooled one replaced by what fooled it. */
  private static Examples attacked(Examples examples, Batch found) {
    float[][] rows = new float[examples.count()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = examples.inputs().row(row);
    }
    for (int i = 0; i < found.rows(); i++) {
      rows[examples.inputs().rowOf(found.example(i))] = found.row(i);
    }
    return new Examples(examples.shape(), Batch.of(rows), examples.labels());
  }
}
