package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.data.IdxFiles;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.onnx.OnnxModel;
import io.gauntlet.onnx.OnnxOptions;
import io.gauntlet.onnx.OnnxRuntimeModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on published ONNX files, straight from the file. */
@Tag("published")
class OnnxNetsTest {
  private static final Path DATA = Path.of(System.getProperty("gauntlet.data", "../shared/data"));
  private static final int IMAGES = 40;

  @BeforeAll
  static void data_is_there() {
    boolean there = Files.isDirectory(DATA.resolve("models"));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(DATA + " must be there in CI");
    }
    assumeTrue(there, () -> DATA + " is not there");
  }

  private static Path file(String net) {
    return DATA.resolve("models").resolve(net + ".onnx");
  }

  private static Examples images(String data) {
    return IdxFiles.read(
            DATA.resolve(data).resolve("t10k-images-idx3-ubyte.gz"),
            DATA.resolve(data).resolve("t10k-labels-idx1-ubyte.gz"))
        .first(IMAGES);
  }

  /** What the model itself answers to noise. */
  private static Examples noise(Model model) {
    RandomGenerator random = Seed.of(4).forExample(0);
    Shape shape = model.inputShape();
    float[] values = new float[IMAGES * shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Batch inputs = Batch.wrap(shape.size(), values);
    Batch logits = model.logits(inputs);
    int[] labels = new int[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = logits.argmax(i);
    }
    return new Examples(shape, inputs, Labels.of(inputs, labels));
  }

  private static void assertFooled(DifferentiableModel model, Examples examples, float epsilon) {
    RobustnessReport report =
        Robustness.of(model)
            .under(ThreatModel.linf(epsilon))
            .attackedBy(Pgd.standard().withSteps(20))
            .withSeed(1)
            .evaluate(examples);
    assertThat(report.count(Outcome.Fooled.class)).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "kw_mnist_eps0.1, mnist",
    "madry_mnist_cnn_tiny, mnist",
    "tribuo_cnn_mnist, mnist",
    "kw_fashion_eps0.1, fashion-mnist"
  })
  void pgd_fools_networks_on_images(String net, String data) {
    OnnxOptions options =
        net.startsWith("tribuo")
            ? OnnxOptions.standard().withNormalisation(Normalisation.of(0.1307f, 0.3081f))
            : OnnxOptions.standard();
    try (OnnxModel model = OnnxModel.open(file(net), options)) {
      assertFooled(model, images(data), 0.4f);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cifar_wide_kw", "oval_cifar_madry_8px", "oval_cifar_sgd_8px", "resnet_2b"})
  void pgd_fools_networks_of_images_that_cannot_be_shipped_on_noise(String net) {
    try (OnnxModel model = OnnxModel.open(file(net))) {
      assertFooled(model, noise(model), 0.4f);
    }
  }

  @Test
  void square_fools_a_logistic_regression_by_its_scores() {
    OnnxOptions bytes = OnnxOptions.standard().withNormalisation(Normalisation.of(0, 1 / 255f));
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(file("tribuo_lr_mnist"), bytes)) {
      RobustnessReport report =
          Robustness.of(model)
              .under(ThreatModel.linf(0.1f))
              .attackedBy(Square.standard().withQueries(200))
              .withSeed(1)
              .evaluate(noise(model));
      assertThat(report.count(Outcome.Fooled.class)).isPositive();
    }
  }
}
