package io.gauntlet.defenses.monitor;

import static io.gauntlet.defenses.monitor.Traffic.latency;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.data.Examples;
import io.gauntlet.data.IdxFiles;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Monitors on digits: 16 honest clients replay 300 test images each, none of them twice. Model and
 * calibration have the even images, clients the odd ones: the two halves of the file were written
 * by different people.
 */
@Tag("published")
class PublishedTrafficTest {
  private static final int CLIENTS = 16;
  private static final int ROWS = 300;

  private static Batch mnist;
  private static Batch honest;
  private static Batch fashion;
  private static Model model;
  private static Batch calibration;
  private static Batch calibrationAnswers;

  @BeforeAll
  static void load() {
    Path data = Path.of(System.getProperty("gauntlet.data", "../shared/data"));
    boolean there = Files.isDirectory(data.resolve("mnist"));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(data + " must be there in CI");
    }
    assumeTrue(there, () -> data + " is not there");
    Examples digits = read(data.resolve("mnist"));
    mnist = digits.inputs();
    Examples even = digits.select(everySecond(0));
    fashion = read(data.resolve("fashion-mnist")).inputs();
    model = Traffic.nearest(meansOfClasses(even.first(2000)), 0.1f);
    calibration = even.slice(2000, 5000).inputs();
    honest = mnist.select(everySecond(1));
    Reply reply = GuardedModel.of(model).ask("calibration", calibration);
    calibrationAnswers = ((Reply.Answered) reply).probabilities();
  }

  private static int[] everySecond(int first) {
    return IntStream.range(0, 5000).map(i -> 2 * i + first).toArray();
  }

  private static Examples read(Path folder) {
    return IdxFiles.read(
        folder.resolve("t10k-images-idx3-ubyte.gz"), folder.resolve("t10k-labels-idx1-ubyte.gz"));
  }

  private static float[][] meansOfClasses(Examples examples) {
    float[][] means = new float[10][examples.inputs().width()];
    int[] counts = new int[10];
    for (int i = 0; i < examples.count(); i++) {
      int label = examples.labels().atRow(i);
      counts[label]++;
      for (int j = 0; j < means[label].length; j++) {
        means[label][j] += (examples.inputs().get(i, j) - means[label][j]) / counts[label];
      }
    }
    return means;
  }

  private static int honestSuspects(Monitor monitor) {
    int suspects = 0;
    for (int client = 0; client < CLIENTS; client++) {
      int from = client * ROWS;
      suspects +=
          latency(model, monitor, "honest " + client, ROWS, inTurn(honest, from)).isPresent()
              ? 1
              : 0;
    }
    return suspects;
  }

  private static Function<RandomGenerator, float[]> inTurn(Batch images, int from) {
    int[] next = {from};
    return random -> images.row(next[0]++);
  }

  /** 100 digits, then each of all so far once more, every pixel a step of 0.1 up or down. */
  private static Function<RandomGenerator, float[]> jacobian() {
    Deque<float[]> pool = new ArrayDeque<>();
    int[] asked = new int[1];
    return random -> {
      float[] next =
          asked[0] < 100 ? mnist.row(asked[0]) : Traffic.stepped(pool.removeFirst(), 0.1, random);
      asked[0]++;
      pool.addLast(next);
      return next;
    };
  }

  private static OptionalLong thief(Monitor monitor, Function<RandomGenerator, float[]> queries) {
    return latency(model, monitor, "eve", 1000, queries);
  }

  private static NearDuplicates nearDuplicates() {
    return NearDuplicates.of(NearDuplicateSettings.standard(), Seed.of(1));
  }

  private static float[] withEightOtherPixels(RandomGenerator random) {
    float[] image = mnist.row(0);
    for (int i = 0; i < 8; i++) {
      image[random.nextInt(image.length)] = random.nextFloat();
    }
    return image;
  }

  @Test
  void prada_suspects_no_honest_client_and_notices_inputs_made_out_of_inputs() {
    assertThat(honestSuspects(Prada.standard())).isZero();
    assertThat(thief(Prada.standard(), jacobian()).orElseThrow()).isLessThanOrEqualTo(200);
  }

  @Test
  void prada_does_not_notice_a_thief_with_natural_images() {
    assertThat(thief(Prada.standard(), inTurn(fashion, 0))).isEmpty();
  }

  @Test
  void near_duplicates_suspect_no_honest_client_and_notice_variations_of_one_image() {
    assertThat(honestSuspects(nearDuplicates())).isZero();
    assertThat(thief(nearDuplicates(), PublishedTrafficTest::withEightOtherPixels).orElseThrow())
        .isLessThanOrEqualTo(40);
    assertThat(
            thief(nearDuplicates(), random -> Traffic.around(mnist.row(0), 0.01, random))
                .orElseThrow())
        .isLessThanOrEqualTo(40);
    assertThat(thief(nearDuplicates(), inTurn(fashion, 0))).isEmpty();
  }

  @Test
  void near_duplicates_in_windows_of_twenty_suspect_honest_clients() {
    NearDuplicateSettings narrow = NearDuplicateSettings.standard().withWindow(20);
    assertThat(honestSuspects(NearDuplicates.of(narrow, Seed.of(1)))).isGreaterThan(4);
  }

  @Test
  void other_images_are_out_of_distribution_within_ten_rows() {
    Sensitivity sensitivity = Sensitivity.standard();
    OutOfDistribution monitor = OutOfDistribution.of(calibration, sensitivity);
    assertThat(honestSuspects(monitor)).isLessThanOrEqualTo(1);
    assertThat(thief(monitor, inTurn(fashion, 0)).orElseThrow()).isLessThanOrEqualTo(10);
  }

  @Test
  void other_images_have_other_classes_and_margins() {
    Sensitivity sensitivity = Sensitivity.standard();
    ClassBalance balance = ClassBalance.of(calibrationAnswers, sensitivity);
    assertThat(honestSuspects(balance)).isLessThanOrEqualTo(1);
    assertThat(thief(balance, inTurn(fashion, 0)).orElseThrow()).isLessThanOrEqualTo(60);
    MarginProfile margins = MarginProfile.of(calibrationAnswers, sensitivity);
    assertThat(honestSuspects(margins)).isLessThanOrEqualTo(1);
    assertThat(thief(margins, inTurn(fashion, 0)).orElseThrow()).isLessThanOrEqualTo(100);
  }

  @Test
  void two_votes_of_three_spare_every_honest_client_and_notice_other_images() {
    Sensitivity sensitivity = Sensitivity.standard();
    Ensemble ensemble =
        Ensemble.of(
            2,
            1000,
            OutOfDistribution.of(calibration, sensitivity),
            ClassBalance.of(calibrationAnswers, sensitivity),
            MarginProfile.of(calibrationAnswers, sensitivity));
    assertThat(honestSuspects(ensemble)).isZero();
    assertThat(thief(ensemble, inTurn(fashion, 0)).orElseThrow()).isLessThanOrEqualTo(60);
  }

  @Test
  void digits_of_other_writers_are_suspected_though_they_are_honest() {
    Batch first = mnist.slice(0, 5000);
    OutOfDistribution monitor = OutOfDistribution.of(first, Sensitivity.standard());
    int suspects = 0;
    for (int client = 0; client < CLIENTS; client++) {
      Function<RandomGenerator, float[]> queries = inTurn(mnist, 5000 + client * ROWS);
      suspects += latency(model, monitor, "honest " + client, ROWS, queries).isPresent() ? 1 : 0;
    }
    assertThat(suspects).isGreaterThan(2);
  }
}
