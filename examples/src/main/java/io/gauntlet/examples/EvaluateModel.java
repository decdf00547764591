package io.gauntlet.examples;

import io.gauntlet.data.DataException;
import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.evaluate.AttackContractException;
import io.gauntlet.evaluate.CheckpointException;
import io.gauntlet.evaluate.Progress;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.report.CurvePlot;
import io.gauntlet.report.JsonReport;
import io.gauntlet.report.TextReport;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * Evaluates your model on your data: a TorchScript, ONNX, DL4J or SameDiff file or a server of the
 * Open Inference Protocol, and any data file {@link DataFiles} reads.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am -Dexec.mainClass=io.gauntlet.examples.EvaluateModel \
 *     -Dexec.args="--model net.pt --data test.npz --norm linf --epsilon 8/255 --attack fgsm,pgd"
 * }</pre>
 *
 * <p>Exit status: 0 when the evaluation ended, 1 when it could not (one line says why), 2 when the
 * command line is wrong.
 */
@Command(
    name = "EvaluateModel",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures how a model withstands adversarial attacks.")
public final class EvaluateModel implements Callable<Integer> {
  /** Norms by the name they have on the command line. */
  enum NormName {
    linf,
    l2,
    l1,
    l0;

    Norm norm() {
      return switch (this) {
        case linf -> Norm.linf();
        case l2 -> Norm.l2();
        case l1 -> Norm.l1();
        case l0 -> Norm.l0();
      };
    }
  }

  /** Where to compute. */
  enum DeviceName {
    cpu,
    gpu
  }

  /** A size such as {@code 0.031} or {@code 8/255}, or {@code closest} for none. */
  static final class Size implements ITypeConverter<Float> {
    @Override
    public Float convert(String text) {
      return text.equals("closest") ? Float.POSITIVE_INFINITY : new Fraction().convert(text);
    }
  }

  /** A number such as {@code 0.031} or {@code 8/255}. */
  static final class Fraction implements ITypeConverter<Float> {
    @Override
    public Float convert(String text) {
      String[] parts = text.split("/", -1);
      try {
        double value = Double.parseDouble(parts[0].strip());
        if (parts.length == 2) {
          value /= Double.parseDouble(parts[1].strip());
        }
        if (parts.length <= 2 && Double.isFinite(value)) {
          return (float) value;
        }
      } catch (NumberFormatException e) {
        // falls through to the message below
      }
      throw new TypeConversionException(
          "must be a number such as 0.3 or 8/255, but was '" + text + "'");
    }
  }

  /** Axis sizes such as {@code 1x28x28} or {@code 1,28,28}. */
  static final class ShapeText implements ITypeConverter<Shape> {
    @Override
    public Shape convert(String text) {
      try {
        String[] sizes = text.split("[x,]", -1);
        return new Shape(Arrays.stream(sizes).map(Integer::valueOf).toList());
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("must be sizes such as 1x28x28, but was '" + text + "'");
      }
    }
  }

  @Option(
      names = "--model",
      required = true,
      paramLabel = "F",
      description = {
        "what answers logits: a TorchScript file (.pt), .onnx, DL4J .zip, SameDiff .fb or .sd, or"
            + " the address of a server, http(s)://.../v2/models/NAME (Open Inference Protocol);"
            + " only noise and square attack a server"
      })
  String model = "";

  @Option(
      names = "--data",
      required = true,
      paramLabel = "F",
      description = {
        "examples and labels: .npz with arrays x (float32, n x ...) and y (integers), .csv(.gz)"
            + " with the label last, IDX images (labels beside them), CIFAR-10 .bin, or a folder"
            + " of PNGs by class"
      })
  Path data = Path.of("");

  @Option(
      names = "--norm",
      paramLabel = "N",
      defaultValue = "linf",
      description = "linf, l2, l1 or l0; default ${DEFAULT-VALUE}")
  NormName norm = NormName.linf;

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      defaultValue = "8/255",
      converter = Size.class,
      description = {
        "largest change, in input units; 'closest' to look for the smallest change that fools;"
            + " default ${DEFAULT-VALUE}"
      })
  float epsilon;

  @Option(
      names = "--attack",
      split = ",",
      paramLabel = "A",
      converter = AttackName.Text.class,
      description = {
        "in this order; default fgsm,pgd, or square where there are no gradients.",
        "within epsilon: noise, fgsm, bim, pgd, mi-fgsm, apgd-ce, apgd-dlr, apgd-t, square;"
            + " autoattack, autoattack-plus, autoattack-rand.",
        "within epsilon or closest: fab, fab-t, fmn; deepfool (linf, l2); cw-linf (linf); ddn,"
            + " cw-l2 (l2); pdpgd (l1); ead (l1, l2); sigma-zero, sparsefool, jsma (l0)"
      })
  List<AttackName> attacks = List.of();

  @Option(names = "--steps", paramLabel = "N", description = "steps of iterative attacks")
  @Nullable Integer steps;

  @Option(names = "--restarts", paramLabel = "N", description = "runs of pgd, apgd, fab and square")
  @Nullable Integer restarts;

  @Option(names = "--limit", paramLabel = "N", description = "evaluate the first N examples only")
  int limit = Integer.MAX_VALUE;

  @Option(names = "--batch", paramLabel = "N", description = "most examples per call of the model")
  @Nullable Integer batch;

  @Option(names = "--workers", paramLabel = "N", description = "threads that call the model")
  @Nullable Integer workers;

  @Option(names = "--seed", paramLabel = "N", description = "root of all random draws; default 0")
  long seed;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "M",
      converter = Fraction.class,
      description = "subtracted from each channel before the model; epsilon stays in input units")
  List<Float> mean = List.of();

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "S",
      converter = Fraction.class,
      description = "each channel is divided by it before the model")
  List<Float> std = List.of();

  @Option(
      names = "--range",
      split = ",",
      arity = "1",
      paramLabel = "L,H",
      converter = Fraction.class,
      description = "legal input values; default 0,1")
  List<Float> range = List.of(0f, 1f);

  @Option(
      names = "--shape",
      paramLabel = "S",
      converter = ShapeText.class,
      description = "shape of one input, such as 1x28x28; default: that of the data")
  @Nullable Shape shape;

  @Option(
      names = "--input",
      paramLabel = "NAME",
      description =
          "what takes the features in a SameDiff file or on a server; default: the only one")
  @Nullable String input;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "the scores in an .onnx or SameDiff file or on a server; default: the only ones")
  @Nullable String output;

  @Option(
      names = "--gradients",
      paramLabel = "G",
      description = {
        "for .onnx: torch translates the file and computes gradients (default); onnxruntime takes"
            + " any file, without gradients: only noise and square attack it"
      })
  ModelSource.@Nullable Gradients gradients;

  @Option(
      names = "--header",
      paramLabel = "NAME=VAR",
      description = {
        "header field for a server with the value of environment variable VAR, such as"
            + " Authorization=TOKEN, so that no secret stands on a command line; repeatable"
      })
  Map<String, String> headers = Map.of();

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "cpu",
      description = "cpu or gpu; default ${DEFAULT-VALUE}")
  DeviceName device = DeviceName.cpu;

  @Option(names = "--json", paramLabel = "F", description = "write the whole report here")
  @Nullable Path json;

  @Option(
      names = "--curve",
      paramLabel = "F",
      description = "plot robust accuracy against epsilon as SVG; with --epsilon closest")
  @Nullable Path curve;

  @Option(
      names = "--checkpoint",
      paramLabel = "F",
      description = "write progress here, and go on from it when started again")
  @Nullable Path checkpoint;

  @Option(
      names = "--time-limit",
      paramLabel = "SECONDS",
      description = "end after this time with what was found by then")
  @Nullable Integer timeLimit;

  @Spec CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    int status = commandLine().execute(arguments);
    if (status != 0) {
      System.exit(status); // on success the JVM, which may be Maven's, goes on
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new EvaluateModel())
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              if (!isExpected(failure)) {
                throw failure;
              }
              line.getErr().println(failure.getMessage());
              return line.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  private static boolean isExpected(Exception failure) {
    return failure instanceof DataException
        || failure instanceof ModelException
        || failure instanceof CheckpointException
        || failure instanceof AttackContractException
        || failure instanceof IllegalArgumentException
        || failure instanceof IOException;
  }

  @Override
  public Integer call() throws IOException {
    RobustnessReport report = evaluate(ConsoleProgress.onStandardError());
    spec.commandLine().getOut().print(TextReport.toString(report));
    spec.commandLine().getOut().flush();
    return CommandLine.ExitCode.OK;
  }

  /**
   * Does what the options say, and writes the JSON report if they ask for it.
   *
   * @throws IOException if the report cannot be written
   */
  RobustnessReport evaluate(Progress progress) throws IOException {
    ThreatModel threat = new ThreatModel(norm.norm(), epsilon);
    Range legal = legalRange();
    Examples examples = DataFiles.read(data, legal).first(limit);
    if (shape != null) {
      examples = examples.as(shape);
    }
    try (Subject subject = source(legal).open(examples.shape())) {
      if (subject.model().inputShape().size() == examples.shape().size()) {
        examples = examples.as(subject.model().inputShape());
      }
      RobustnessReport report = evaluate(subject, threat, examples, progress);
      if (json != null) {
        JsonReport.write(report, json);
      }
      if (curve != null) {
        CurvePlot.of(model.substring(model.lastIndexOf('/') + 1), report).write(curve);
      }
      return report;
    }
  }

  private ModelSource source(Range legal) {
    return new ModelSource(
        model,
        Domain.of(legal),
        normalisation(),
        Optional.ofNullable(shape),
        Optional.ofNullable(input),
        Optional.ofNullable(output),
        Optional.ofNullable(gradients),
        device == DeviceName.gpu,
        this::headerFields);
  }

  private Map<String, String> headerFields() {
    Map<String, String> fields = new TreeMap<>();
    headers.forEach((name, variable) -> fields.put(name, environment(variable)));
    return fields;
  }

  private static String environment(String variable) {
    String value = System.getenv(variable);
    if (value == null) {
      throw new IllegalArgumentException(
          "--header takes its value from an environment variable, but there is no " + variable);
    }
    return value;
  }

  private RobustnessReport evaluate(
      Subject subject, ThreatModel threat, Examples examples, Progress progress) {
    AttackName.Lengths lengths = new AttackName.Lengths(steps, restarts);
    if (subject instanceof Subject.WhiteBox whiteBox) {
      Robustness<DifferentiableModel> evaluation =
          Robustness.of(whiteBox.model()).under(threat).withProgress(progress);
      for (AttackName name : attacksOr(AttackName.FGSM, AttackName.PGD)) {
        evaluation = name.whiteBox(evaluation, lengths);
      }
      return configured(evaluation).evaluate(examples);
    }
    Robustness<Model> evaluation =
        Robustness.of(subject.model()).under(threat).withProgress(progress);
    for (AttackName name : attacksOr(AttackName.SQUARE)) {
      evaluation = name.blackBox(evaluation, lengths);
    }
    return configured(evaluation).evaluate(examples);
  }

  private List<AttackName> attacksOr(AttackName... standard) {
    return attacks.isEmpty() ? List.of(standard) : attacks;
  }

  private <M extends Model> Robustness<M> configured(Robustness<M> evaluation) {
    Robustness<M> configured = evaluation.withSeed(seed);
    if (batch != null) {
      configured = configured.withBatch(batch);
    }
    if (workers != null) {
      configured = configured.withWorkers(workers);
    }
    if (checkpoint != null) {
      configured = configured.withCheckpoint(checkpoint);
    }
    if (timeLimit != null) {
      configured = configured.withTimeLimit(Duration.ofSeconds(timeLimit));
    }
    return configured;
  }

  private Range legalRange() {
    if (range.size() != 2) {
      throw wrong("--range must be two numbers such as 0,1, but was " + range);
    }
    return new Range(range.get(0), range.get(1));
  }

  private Normalisation normalisation() {
    if (mean.isEmpty() && std.isEmpty()) {
      return Normalisation.NONE;
    }
    if (mean.size() != std.size()) {
      throw wrong(
          "--mean and --std must have as many numbers, but had "
              + mean.size()
              + " and "
              + std.size());
    }
    return Normalisation.perChannel(mean, std);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
