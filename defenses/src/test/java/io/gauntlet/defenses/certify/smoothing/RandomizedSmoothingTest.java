package io.gauntlet.defenses.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.EvaluationCancelledException;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomizedSmoothingTest {
  private static final Noise GAUSSIAN = new Noise.Gaussian(0.5f);
  private static final RandomizedSmoothing SMALL = new RandomizedSmoothing(GAUSSIAN, 10, 200, 0.01);
  private static final Mlp STEP =
      Mlp.linear(Domain.of(-1, 1), new float[][] {{0, 0}, {1, 0}}, new float[2]);
  private static final Seed SEED = Seed.of(1);
  private static final Examples EXAMPLES =
      Examples.of(
          Batch.of(new float[][] {{-1, 0}, {-0.3f, 0.2f}, {0, 0}, {0.1f, 0}, {0.6f, 0}, {1, -1}}),
          0,
          0,
          0,
          1,
          1,
          0);

  /** The authors' files show 3.8115 where all of 100,000 agree at alpha 0.001, 3.91 at 0.01. */
  @ParameterizedTest
  @CsvSource({"100000, 0.001, 3.8115", "100000, 0.01, 3.9110", "32, 0.001, 0.8629"})
  void the_largest_radius_is_that_of_the_share_alpha_to_the_one_over_n(
      int n, double alpha, double expected) {
    RandomizedSmoothing method = new RandomizedSmoothing(new Noise.Gaussian(1), 100, n, alpha);
    assertThat(method.largestRadius()).isCloseTo(expected, within(5e-4));
    double share = Math.pow(alpha, 1.0 / n);
    assertThat(RandomizedSmoothing.lowerBound(n, n, alpha)).isCloseTo(share, within(1e-12));
  }

  /** proportion_confint(990, 1000, alpha=2 * 0.001, method="beta") of statsmodels 0.15. */
  @Test
  void the_bound_is_the_authors_one() {
    assertThat(RandomizedSmoothing.lowerBound(990, 1000, 0.001))
        .isCloseTo(0.9760361871553114, within(1e-12));
    assertThat(RandomizedSmoothing.lowerBound(0, 1000, 0.001)).isZero();
  }

  /** scipy.stats.binomtest(60, 100).pvalue; commons-math3 says 0.0460. */
  @Test
  void the_test_of_predict_is_exact() {
    assertThat(RandomizedSmoothing.equalityPValue(60, 40))
        .isCloseTo(0.056887933640980784, within(1e-12));
    assertThat(RandomizedSmoothing.equalityPValue(5, 5)).isEqualTo(1);
    assertThat(RandomizedSmoothing.equalityPValue(10, 0)).isCloseTo(Math.pow(2, -9), within(1e-15));
    assertThat(RandomizedSmoothing.equalityPValue(100_000, 0)).isZero();
  }

  @Test
  void a_tie_is_abstained_on() {
    AtomicLong asked = new AtomicLong();
    Model alternating = // every other copy gets the other class
        Models.ofLabels(
            "votes",
            Shape.of(2),
            Domain.of(-1, 1),
            2,
            rows -> {
              int[] answers = new int[rows.length];
              for (int i = 0; i < rows.length; i++) {
                answers[i] = (int) (asked.getAndIncrement() % 2);
              }
              return answers;
            });
    Certificate certificate =
        SMALL.certify(alternating, EXAMPLES.first(1), SEED).certificates().get(0);
    assertThat(certificate.votes()).isEqualTo(100);
    assertThat(certificate.isAbstained()).isTrue();
    assertThat(certificate.prediction()).isEmpty();
    assertThat(certificate.radius()).isZero();
    assertThat(certificate.holds(0, 0)).isFalse();

    Prediction prediction = SMALL.predict(alternating, EXAMPLES.inputs().select(0), SEED).get(0);
    assertThat(prediction.prediction()).isEmpty();
    assertThat(prediction.votes()).isEqualTo(prediction.runnerUpVotes()).isEqualTo(100);
    assertThat(prediction.pValue()).isEqualTo(1);
  }

  @Test
  void clear_examples_get_their_class_and_the_radius_of_their_votes() {
    SmoothingReport report = SMALL.certify(STEP, EXAMPLES, SEED);
    Certificate clear = report.certificates().get(5); // two sigmas from the step
    assertThat(clear.prediction()).hasValue(1);
    double bound = RandomizedSmoothing.lowerBound(clear.votes(), 200, 0.01);
    assertThat(clear.lowerBound()).isEqualTo(bound);
    assertThat(clear.radius()).isEqualTo(GAUSSIAN.radius(bound)).isBetween(0.5, 1.0);
    assertThat(report.certificates().get(2).isAbstained()).isTrue(); // on the step

    List<Prediction> predictions = SMALL.predict(STEP, EXAMPLES.inputs(), SEED);
    assertThat(predictions.get(0).prediction()).hasValue(0);
    assertThat(predictions.get(2).prediction()).isEmpty();
    assertThat(predictions.get(5).prediction()).hasValue(1);
  }

  @Test
  void predict_looks_at_the_two_classes_with_most_votes() {
    Mlp three =
        Mlp.linear(
            Domain.of(-1, 1), new float[][] {{0, 0}, {10, 0}, {0, 0}}, new float[] {-50, 0, 1});
    Prediction prediction = SMALL.predict(three, Batch.of(new float[] {1, 0}), SEED).get(0);
    assertThat(prediction.prediction()).hasValue(1);
    assertThat(prediction.votes() + prediction.runnerUpVotes()).isEqualTo(200);
    assertThat(prediction.pValue())
        .isEqualTo(
            RandomizedSmoothing.equalityPValue(prediction.votes(), prediction.runnerUpVotes()));
  }

  @Test
  void an_example_gets_one_certificate_in_any_batch_company_and_number_of_workers() {
    SmoothingReport expected = SMALL.certify(STEP, EXAMPLES, SEED);
    for (int batch : new int[] {1, 7, 64, 1000}) {
      for (int workers : new int[] {1, 4}) {
        Model driven = new Driven(STEP, new Concurrency(workers, batch, true));
        assertThat(SMALL.certify(driven, EXAMPLES, SEED)).isEqualTo(expected);
      }
    }
    assertThat(SMALL.certify(STEP, EXAMPLES.select(1, 4), SEED).certificates())
        .containsExactly(expected.certificates().get(1), expected.certificates().get(4));
    assertThat(SMALL.predict(STEP, EXAMPLES.inputs().select(4, 1), SEED))
        .extracting(Prediction::example)
        .containsExactly(4L, 1L);
    assertThat(SMALL.certify(STEP, EXAMPLES, Seed.of(2))).isNotEqualTo(expected);
  }

  /** Odd numbers of features, and samples of several pieces, none of which the batches divide. */
  @Test
  void the_pieces_of_an_example_are_the_same_however_they_are_shared() {
    Mlp tilted =
        Mlp.linear(
            Domain.of(-1, 1), new float[][] {{0, 0, 0}, {1, -1, 0.5f}}, new float[] {0, 0.1f});
    Examples examples = Examples.of(Batch.of(new float[] {0.2f, -0.1f, 0}, new float[3]), 1, 1);
    RandomizedSmoothing method = SMALL.withN0(1_003).withN(2_501);
    SmoothingReport expected = method.certify(tilted, examples, SEED);
    for (int batch : new int[] {1, 7, 64, 5_000}) {
      for (int workers : new int[] {1, 3}) {
        Model driven = new Driven(tilted, new Concurrency(workers, batch, true));
        assertThat(method.certify(driven, examples, SEED)).isEqualTo(expected);
        assertThat(method.predict(driven, examples.inputs(), SEED))
            .isEqualTo(method.predict(tilted, examples.inputs(), SEED));
      }
    }
  }

  /** Two threads meet in the model, or none goes on. */
  @Test
  void the_workers_share_the_copies_of_a_single_example() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch meeting = new CountDownLatch(2);
    Model patient =
        Models.ofLabels(
            "waits",
            Shape.of(2),
            Domain.of(-1, 1),
            2,
            rows -> {
              if (threads.add(Thread.currentThread())) {
                meeting.countDown();
              }
              await(meeting);
              return new int[rows.length];
            });
    Model driven = new Driven(patient, new Concurrency(2, 64));
    SmoothingReport report = SMALL.withN(3_000).certify(driven, EXAMPLES.first(1), SEED);
    assertThat(threads).hasSize(2);
    assertThat(report.certificates().get(0).votes()).isEqualTo(3_000);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** No piece draws what another has drawn. */
  @Test
  void the_pieces_have_noise_of_their_own() {
    Set<Float> seen = new HashSet<>();
    Model watching =
        Models.ofLabels(
            "votes",
            Shape.of(2),
            Domain.of(-1, 1),
            2,
            rows -> {
              for (float[] row : rows) {
                seen.add(row[0] + 100 * row[1]);
              }
              return new int[rows.length];
            });
    SMALL.withN0(2_000).withN(3_000).certify(watching, EXAMPLES.select(0, 5), SEED);
    SMALL.withN(3_000).predict(watching, EXAMPLES.inputs().select(0, 5), SEED);
    assertThat(seen).hasSizeGreaterThan(15_900); // of 16,000; a few sums of floats are equal
  }

  /** A model driven in another way. */
  private record Driven(Model behind, Concurrency concurrency) implements FrontModel {
    @Override
    public Batch logits(Batch inputs) {
      return behind.logits(inputs);
    }
  }

  @Test
  void the_model_is_asked_as_often_as_the_report_says_and_no_more_than_its_batch_at_once() {
    AtomicLong asked = new AtomicLong();
    List<Integer> sizes = new ArrayList<>();
    Model counting =
        Models.ofLabels(
            "votes",
            Shape.of(2),
            Domain.of(-1, 1),
            2,
            rows -> {
              asked.addAndGet(rows.length);
              sizes.add(rows.length);
              return new int[rows.length];
            });
    SmoothingReport report = SMALL.certify(counting, EXAMPLES, SEED);
    assertThat(asked).hasValue(report.queries()).hasValue(6 * 210);
    assertThat(sizes).allMatch(size -> size <= 64);
  }

  @Test
  void noise_leaves_the_domain() {
    List<Float> seen = new ArrayList<>();
    Model watching =
        Models.ofLabels(
            "votes",
            Shape.of(2),
            Domain.of(-1, 1),
            2,
            rows -> {
              for (float[] row : rows) {
                seen.add(row[0]);
              }
              return new int[rows.length];
            });
    SMALL.predict(watching, EXAMPLES.inputs().select(5), SEED);
    assertThat(seen.stream().filter(value -> value > 1)).hasSizeBetween(60, 140); // half of 200
  }

  @Test
  void progress_hands_over_every_certificate_and_the_rest_can_be_done_later() {
    List<Certificate> told = new ArrayList<>();
    SmoothingReport whole = SMALL.certify(STEP, EXAMPLES, SEED, told::add);
    assertThat(told).containsExactlyInAnyOrderElementsOf(whole.certificates());

    List<Certificate> kept =
        new ArrayList<>(SMALL.certify(STEP, EXAMPLES.first(2), SEED).certificates());
    kept.addAll(SMALL.certify(STEP, EXAMPLES.select(2, 3, 4, 5), SEED).certificates());
    assertThat(new SmoothingReport(SMALL, EXAMPLES.shape(), EXAMPLES.labels(), kept))
        .isEqualTo(whole);
  }

  @Test
  void an_interrupt_cancels() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(EvaluationCancelledException.class)
        .isThrownBy(() -> SMALL.certify(STEP, EXAMPLES, SEED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void settings_that_make_no_sense_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.withN0(0))
        .withMessageContaining("n0 must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.withAlpha(0.5))
        .withMessageContaining("alpha must be from 1e-9 to below 0.5, such as 0.001, but was 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.withAlpha(Double.NaN))
        .withMessageContaining("NaN");
    RandomizedSmoothing standard = RandomizedSmoothing.standard(GAUSSIAN);
    assertThat(standard.withN(10).largestRadius()).isPositive();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> standard.withN(9))
        .withMessageContaining("n must be above log2(1 / alpha)")
        .withMessageContaining("was 9 for alpha 0.001");
  }

  @Test
  void examples_that_do_not_fit_the_model_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.certify(STEP, Examples.of(Batch.of(new float[] {2, 0}), 0), SEED))
        .withMessageContaining("feature 0 of example 0 was 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.certify(STEP, Examples.of(Batch.of(new float[] {1}), 0), SEED))
        .withMessageContaining("inputs must have the model's 2 features, but had 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.certify(STEP, Examples.of(Batch.of(new float[] {1, 0}), 2), SEED))
        .withMessageContaining("example 0 has label 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SMALL.certify(STEP, EXAMPLES.first(0), SEED))
        .withMessageContaining("number of examples must be at least 1, but was 0");
  }

  @Test
  void an_answer_that_is_none_is_the_models_fault() {
    Model broken = new Answering(Batch.of(new float[] {0, Float.NaN}));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> SMALL.certify(broken, EXAMPLES, SEED))
        .withMessageContaining("score 1 of a noisy copy of example")
        .withMessageContaining("NaN");
    Model wide = new Answering(Batch.of(new float[3]));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> SMALL.certify(wide, EXAMPLES, SEED))
        .withMessageContaining("2 classes, but returned 3");
    Model two = new Answering(Batch.of(new float[2], new float[2]));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> SMALL.certify(two, EXAMPLES, SEED))
        .withMessageContaining("one row for each input");
  }

  /** Always the same answer, right or not, one input at a time. */
  private record Answering(Batch answer) implements Model {
    @Override
    public Shape inputShape() {
      return Shape.of(2);
    }

    @Override
    public Domain domain() {
      return Domain.of(-1, 1);
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Concurrency concurrency() {
      return new Concurrency(1, 1);
    }

    @Override
    public Batch logits(Batch inputs) {
      return answer;
    }
  }
}
