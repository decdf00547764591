package io.gauntlet.benchmarks;

import com.google.gson.Gson;
import io.gauntlet.attacks.extraction.CopycatCnn;
import io.gauntlet.attacks.extraction.Disclosure;
import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.attacks.extraction.Imitation;
import io.gauntlet.attacks.extraction.JacobianAugmentation;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.KnockoffNets;
import io.gauntlet.attacks.extraction.Oracle;
import io.gauntlet.attacks.extraction.Schedule;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Steals a victim the way {@code thief.py} of {@code benchmarks/peers} lets peers steal it: for
 * every budget from an untrained copy, with the epochs it is told; writes the copies for the
 * harness to judge.
 */
@Command(name = "Thief", sortOptions = false)
public final class Thief implements Callable<Integer> {
  /** As in the paper, whatever the others' epochs. */
  private static final int JACOBIAN_EPOCHS = 10;

  /** Rounds of the adaptive strategy. */
  private static final int ROUNDS = 9;

  /** Round r of R trains on r / R of the answers: (R + 1) / 2 rounds' worth of one on all. */
  private static final int ROUNDS_WORTH = (ROUNDS + 1) / 2;

  @Option(names = "--attack", required = true, description = "such as knockoff-random")
  String attack = "";

  @Option(names = "--victim", required = true, description = "TorchScript file; answers logits")
  Path victim = Path.of("");

  @Option(names = "--surrogate", required = true, description = "TorchScript file; untrained")
  Path surrogate = Path.of("");

  @Option(names = "--pool", required = true, description = ".npz: x in [0, 1] and y")
  Path pool = Path.of("");

  @Option(names = "--disclosure", required = true, description = "scores or labels")
  String disclosure = "";

  @Option(names = "--budgets", required = true, arity = "1..*")
  List<Integer> budgets = List.of();

  @Option(names = "--initial", required = true, description = "images jbda begins with")
  int initial;

  @Option(names = "--epochs", required = true, description = "passes over all answers, in all")
  int epochs;

  @Option(names = "--batch", required = true, description = "images in one training step")
  int batch;

  @Option(names = "--seed", required = true)
  long seed;

  @Option(names = "--copies", required = true, description = "folder to write them to")
  Path copies = Path.of("");

  @Option(names = "--report", required = true, description = "JSON to write")
  Path report = Path.of("");

  @Spec CommandSpec spec = CommandSpec.create();

  private record Report(List<Stolen> stolen) {}

  private record Stolen(int budget, long queries, double seconds) {}

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Thief()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples images = NpzFiles.read(pool, new Range(0, 1));
    Files.createDirectories(copies);
    List<Stolen> stolen = new ArrayList<>();
    try (DjlModel owners = DjlModel.torchScript(victim, images.shape())) {
      // the harness judges; what judges here need not be much
      Judge judge = Judge.of(owners, images.first(1));
      for (int budget : budgets) {
        try (DjlModel copy = DjlModel.torchScript(surrogate, images.shape())) {
          Oracle oracle = Oracle.of(owners, disclosure(), budget);
          long began = System.nanoTime();
          Extraction<DjlModel> theft =
              attack(budget).extract(oracle, copy, images, judge, Seed.of(seed));
          double seconds = (System.nanoTime() - began) / 1e9;
          copy.save(copies.resolve(budget + ".pt"));
          stolen.add(new Stolen(budget, theft.queries(), seconds));
        }
      }
    }
    Files.writeString(report, new Gson().toJson(new Report(stolen)));
    return CommandLine.ExitCode.OK;
  }

  private Imitation attack(int budget) {
    Schedule once = new Schedule(1, epochs, batch);
    return switch (attack) {
      case "knockoff-random" -> KnockoffNets.standard().withSchedule(once);
      case "knockoff-adaptive" ->
          KnockoffNets.standard()
              .withStrategy(KnockoffNets.Strategy.ADAPTIVE)
              .withSchedule(new Schedule(ROUNDS, epochs / ROUNDS_WORTH, batch));
      case "copycat" -> CopycatCnn.standard().withSchedule(once);
      case "jbda" ->
          JacobianAugmentation.standard()
              .withInitial(initial)
              .withSchedule(new Schedule(budget, JACOBIAN_EPOCHS, batch)); // until it is spent
      default -> throw new ParameterException(spec.commandLine(), "no such attack: " + attack);
    };
  }

  private Disclosure disclosure() {
    return switch (disclosure) {
      case "scores" -> new Disclosure.Scores();
      case "labels" -> new Disclosure.LabelOnly();
      default ->
          throw new ParameterException(spec.commandLine(), "no such disclosure: " + disclosure);
    };
  }
}
