package io.gauntlet.benchmarks;

import com.google.gson.Gson;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.defenses.certify.smoothing.Certificate;
import io.gauntlet.defenses.certify.smoothing.Noise;
import io.gauntlet.defenses.certify.smoothing.RandomizedSmoothing;
import io.gauntlet.defenses.certify.smoothing.SmoothingReport;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Certifies images the way {@code certifier.py} of {@code benchmarks/peers} lets the authors' code
 * do it, and times the base net's forward passes alone.
 */
@Command(name = "Certifier", sortOptions = false)
public final class Certifier implements Callable<Integer> {
  private static final int PASSES = 20_000; // forward passes that are timed alone
  private static final int BATCHES = 7; // different ones among them

  @Option(names = "--net", required = true, description = "TorchScript file; answers logits")
  Path net = Path.of("");

  @Option(names = "--data", required = true, description = ".npz: x in [0, 1] and y")
  Path data = Path.of("");

  @Option(names = "--sigma", required = true, description = "deviation of the noise, in pixels")
  float sigma;

  @Option(names = "--n0", required = true, description = "noisy copies that choose the class")
  int n0;

  @Option(names = "--n", required = true, description = "noisy copies that certify it")
  int n;

  @Option(names = "--alpha", required = true, description = "probability of being wrong")
  double alpha;

  @Option(names = "--seed", required = true)
  long seed;

  @Option(
      names = "--copies",
      description =
          "file or pipe to write every noisy copy to that is voted on, in turn, as 32-bit floats,"
              + " their least byte first")
  @Nullable Path copies;

  @Option(names = "--report", required = true, description = "JSON to write")
  Path report = Path.of("");

  /** Seconds are the processor's: what else the machine does takes none of them. */
  private record Report(
      double seconds, double secondsOfPassesAlone, long passes, List<Row> examples) {}

  /** A prediction of -1 is abstention. */
  private record Row(int label, int prediction, double radius, int candidate, int votes) {}

  /** Runs the command line and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Certifier()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Examples images = NpzFiles.read(data, new Range(0, 1));
    RandomizedSmoothing method = new RandomizedSmoothing(new Noise.Gaussian(sigma), n0, n, alpha);
    try (DjlModel model = DjlModel.torchScript(net, images.shape())) {
      List<Batch> copies = noisyCopies(model, images.inputs());
      secondsAlone(model, copies); // warms up
      double alone = secondsAlone(model, copies);
      double began = seconds();
      SmoothingReport found = certify(method, model, images);
      double seconds = seconds() - began;
      List<Row> rows = found.certificates().stream().map(c -> row(images, c)).toList();
      Report all = new Report(seconds, alone * found.queries() / PASSES, found.queries(), rows);
      Files.writeString(report, new Gson().toJson(all));
    }
    return CommandLine.ExitCode.OK;
  }

  private SmoothingReport certify(RandomizedSmoothing method, Model model, Examples images)
      throws IOException {
    if (copies == null) {
      return method.certify(model, images, Seed.of(seed));
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(copies), 1 << 20)) {
      return method.certify(new Overheard(model, out), images, Seed.of(seed));
    }
  }

  /** Writes down what it is asked, by one caller after the other. */
  private record Overheard(Model behind, OutputStream out) implements FrontModel {
    @Override
    public Concurrency concurrency() {
      return new Concurrency(1, behind.concurrency().preferredBatch());
    }

    @Override
    public Batch logits(Batch inputs) {
      FloatBuffer values = inputs.buffer();
      ByteBuffer bytes =
          ByteBuffer.allocate(Float.BYTES * values.remaining()).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      try {
        out.write(bytes.array());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return behind.logits(inputs);
    }
  }

  private static Row row(Examples images, Certificate certificate) {
    int label = images.labels().classOf(certificate.example());
    return new Row(
        label,
        certificate.prediction().orElse(-1),
        certificate.radius(),
        certificate.candidate(),
        certificate.votes());
  }

  /**
   * The least that any certifier takes on one thread. The copies are noisy, since a net is slower
   * on them: where one is pooled, nobody can foresee which pixel is the largest.
   */
  private static double secondsAlone(Model model, List<Batch> copies) {
    double began = seconds();
    for (int done = 0; done < PASSES; done += copies.get(0).rows()) {
      model.logits(copies.get(done % copies.size()));
    }
    return seconds() - began;
  }

  private List<Batch> noisyCopies(Model model, Batch inputs) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    Batch images = inputs.select(new int[model.concurrency().preferredBatch()]); // the first
    return Stream.generate(() -> images.editRows((row, x) -> addNoise(x, random)))
        .limit(BATCHES)
        .toList();
  }

  private void addNoise(float[] x, RandomGenerator random) {
    new Noise.Gaussian(sigma).addTo(x, 0, x.length, random);
  }

  private static double seconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }
}
