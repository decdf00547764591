package io.gauntlet.examples;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.certify.bounds.BranchAndBound;
import io.gauntlet.defenses.certify.bounds.Certification;
import io.gauntlet.defenses.certify.bounds.CertificationReport;
import io.gauntlet.defenses.certify.bounds.LinearBounds;
import io.gauntlet.defenses.certify.bounds.Sandwich;
import io.gauntlet.defenses.certify.bounds.Verifier;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Range;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.onnx.OnnxLayers;
import io.gauntlet.onnx.OnnxModel;
import io.gauntlet.onnx.OnnxOptions;
import io.gauntlet.report.TextReport;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Certifies an ONNX network on your data, attacks what it could not certify, and prints the
 * sandwich: certified accuracy ≤ true robust accuracy ≤ accuracy left by the strongest attack.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am \
 *     -Dexec.mainClass=io.gauntlet.examples.CertifyOnnxModel \
 *     -Dexec.args="--model net.onnx --data test.npz --epsilon 2/255 --limit 100"
 * }</pre>
 *
 * <p>Without arguments: 100 images of MNIST and the network of Wong and Kolter from {@code
 * ../shared/data}. Exit status: 0 when it ended, 1 when it could not (one line says why), 2 when
 * the command line is wrong.
 */
@Command(
    name = "CertifyOnnxModel",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Proves which examples no attack can turn, and attacks the others.")
public final class CertifyOnnxModel implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "F",
      defaultValue = "../shared/data/models/kw_mnist_eps0.1.onnx",
      description = "an .onnx file of convolutions, linear layers, ReLUs and residual sums")
  private Path model = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "F",
      defaultValue = "../shared/data/mnist/t10k-images-idx3-ubyte.gz",
      description = "examples and labels, as for EvaluateModel")
  private Path data = Path.of("");

  @Option(
      names = "--norm",
      paramLabel = "N",
      defaultValue = "linf",
      description = "linf, l2 or l1; default ${DEFAULT-VALUE}")
  private EvaluateModel.NormName norm = EvaluateModel.NormName.linf;

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      defaultValue = "0.1",
      converter = EvaluateModel.Fraction.class,
      description = "largest change, in input units; default ${DEFAULT-VALUE}")
  private float epsilon;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "the first N examples only; default ${DEFAULT-VALUE}")
  private int limit;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "M",
      converter = EvaluateModel.Fraction.class,
      description = "subtracted from each channel before the model; epsilon stays in input units")
  private List<Float> mean = List.of();

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "S",
      converter = EvaluateModel.Fraction.class,
      description = "each channel is divided by it before the model")
  private List<Float> std = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "time for branch and bound on each example that linear bounds leave open; default"
              + " ${DEFAULT-VALUE}, which leaves it out")
  private long seconds;

  @Option(
      names = "--attack",
      split = ",",
      paramLabel = "A",
      converter = AttackName.Text.class,
      defaultValue = "pgd",
      description = "what attacks the rest; pgd, autoattack and others of EvaluateModel")
  private List<AttackName> attacks = List.of();

  @Option(names = "--workers", paramLabel = "N", description = "threads; default one for each core")
  private @Nullable Integer workers;

  @Option(names = "--json", paramLabel = "F", description = "write the sandwich here")
  private @Nullable Path json;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    int status = commandLine().execute(arguments);
    if (status != 0) {
      System.exit(status); // on success the JVM, which may be Maven's, goes on
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new CertifyOnnxModel())
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              if (!(failure instanceof DataException
                  || failure instanceof ModelException
                  || failure instanceof IllegalArgumentException
                  || failure instanceof IOException)) {
                throw failure;
              }
              line.getErr().println(failure.getMessage());
              return line.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    Result result = run(ConsoleProgress.onStandardError(), counted(System.err));
    line.getOut().print(result);
    line.getOut().flush();
    return CommandLine.ExitCode.OK;
  }

  /**
   * What was proved, what attacks found, and what that leaves.
   *
   * @param attacked by attacks on the examples that are not certified; {@code null} where all are
   */
  record Result(
      CertificationReport certificates, @Nullable RobustnessReport attacked, Sandwich sandwich) {
    @Override
    public String toString() {
      String attack =
          attacked == null
              ? "Nothing is left to attack.\n"
              : "Attacks on the %s examples that are not certified\n%s"
                  .formatted(attacked.examples(), TextReport.toString(attacked));
      return "Certificates within %s\n%s\n%s\n%s"
          .formatted(certificates.threat(), certificates, attack, sandwich);
    }
  }

  /**
   * Does what the options say, and writes the JSON if they ask for it.
   *
   * @throws IOException if it cannot be written
   */
  Result run(Progress progress, Certification.Progress certifying) throws IOException {
    OnnxOptions options = OnnxOptions.standard().withNormalisation(normalisation());
    ThreatModel threat = new ThreatModel(norm.norm(), epsilon);
    ReluNetwork network = OnnxLayers.read(model, options);
    Examples examples = DataFiles.read(data, Range.UNIT).first(limit).as(network.inputShape());
    CertificationReport certificates = certify(network, threat, examples, certifying);
    int[] rest = certificates.uncertifiedRows();
    Result result;
    if (rest.length == 0) {
      result =
          new Result(
              certificates,
              null,
              new Sandwich(
                  threat,
                  examples.count(),
                  List.copyOf(certificates.certifiedExamples()),
                  List.of(),
                  0));
    } else {
      RobustnessReport attacked = attack(options, threat, examples.select(rest), progress);
      result = new Result(certificates, attacked, Sandwich.of(certificates, attacked));
    }
    if (json != null) {
      byte[] text = (result.sandwich().toJson() + "\n").getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(json, out -> out.write(text));
    }
    return result;
  }

  private CertificationReport certify(
      ReluNetwork network,
      ThreatModel threat,
      Examples examples,
      Certification.Progress certifying) {
    List<Verifier> verifiers = new ArrayList<>(List.of(LinearBounds.crown()));
    verifiers.add(LinearBounds.fastLin());
    if (seconds > 0) {
      verifiers.add(BranchAndBound.standard().withLimit(Duration.ofSeconds(seconds)));
    }
    Certification certification =
        Certification.of(network, threat)
            .by(verifiers.toArray(Verifier[]::new))
            .withProgress(certifying);
    return (workers == null ? certification : certification.withWorkers(workers)).certify(examples);
  }

  private RobustnessReport attack(
      OnnxOptions options, ThreatModel threat, Examples rest, Progress progress) {
    try (OnnxModel onnx = OnnxModel.open(model, options)) {
      Robustness<DifferentiableModel> evaluation =
          Robustness.of(onnx).under(threat).withSeed(0).withProgress(progress);
      for (AttackName attack : attacks) {
        evaluation = attack.whiteBox(evaluation, new AttackName.Lengths(null, null));
      }
      return (workers == null ? evaluation : evaluation.withWorkers(workers)).evaluate(rest);
    }
  }

  private Normalisation normalisation() {
    if (mean.isEmpty() && std.isEmpty()) {
      return Normalisation.NONE;
    }
    if (mean.size() != std.size()) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--mean and --std must have as many numbers, but had %s and %s"
              .formatted(mean.size(), std.size()));
    }
    return Normalisation.perChannel(mean, std);
  }

  /** A line for every tenth. */
  private static Certification.Progress counted(PrintStream out) {
    return (done, total, certified) -> {
      if (done == total || 10L * done / total > 10L * (done - 1) / total) {
        out.printf(
            Locale.ROOT, "certifying: %d of %d done, %d certified%n", done, total, certified);
      }
    };
  }
}
