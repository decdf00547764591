package io.gauntlet.defenses.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.CheckpointException;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HardeningTest {
  private static final Seed SEED = Seed.of(7);
  private static final ThreatModel THREAT = ThreatModel.linf(0.1f);
  private static final ThreatModel FAINT = ThreatModel.linf(0.01f);
  private static final Examples POINTS = points(50, 1);
  private static final Examples HELD = points(30, 2);

  @TempDir Path folder;

  /** Points of the unit square; the class says on which side of the diagonal, a tenth is wrong. */
  private static Examples points(int count, long seed) {
    float[][] inputs = new float[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = Seed.of(seed).forExample(i);
      inputs[i] = new float[] {random.nextFloat(), random.nextFloat()};
      labels[i] = (inputs[i][0] > inputs[i][1]) == (i % 10 != 0) ? 1 : 0;
    }
    return Examples.of(Batch.of(inputs), labels);
  }

  private static LinearLearner learner() {
    return new LinearLearner(0.5f, 0.9f);
  }

  /** All that the loop can do at once. */
  private static Hardening<TrainableModel> everything() {
    return Hardening.against(THREAT, AdversarialTraining.standard().withCleanShare(0.25f))
        .withFit(new Fit(6, 8))
        .withSchedule(Schedule.Cyclic.standard())
        .withWarmUp(1.5f)
        .withValidation(Validation.on(HELD))
        .withGuard(Guard.standard().withExamples(20).withDrop(0.9))
        .withAverage((average, weights, steps) -> average.times(0.75f).plus(weights.times(0.25f)));
  }

  /** Stands for a kill, right after the checkpoint of an epoch. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void a_training_that_was_killed_ends_with_the_weights_of_one_that_was_not(int epoch) {
    LinearLearner through = learner();
    Path file = folder.resolve("training");
    Hardening<TrainableModel> plan = everything().withAverage(new Slow());
    History whole = plan.train(through, POINTS, SEED);

    assertThatThrownBy(
            () ->
                plan.train(
                    learner(),
                    POINTS,
                    SEED,
                    done -> {
                      if (done.number() == epoch) {
                        throw new Killed();
                      }
                    },
                    file))
        .isInstanceOf(Killed.class);
    LinearLearner resumed = learner();
    List<Integer> left = new ArrayList<>();
    History rest = plan.train(resumed, POINTS, SEED, done -> left.add(done.number()), file);

    assertThat(resumed.parameters().row(0)).containsExactly(through.parameters().row(0));
    assertThat(left).hasSize(6 - epoch);
    assertThat(rest.kept()).isEqualTo(whole.kept());
    assertThat(rest.epochs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
        .isEqualTo(whole.epochs());
  }

  /** An average that has a name for checkpoints. */
  private record Slow() implements WeightAverage {
    @Override
    public Batch next(Batch average, Batch weights, long steps) {
      return average.times(0.75f).plus(weights.times(0.25f));
    }
  }

  @Test
  void hardening_makes_a_model_robust_that_plain_training_leaves_open() {
    // the first feature is certain but tiny, the second is noisy but large
    float[][] inputs = new float[400][];
    int[] labels = new int[400];
    for (int i = 0; i < 400; i++) {
      RandomGenerator random = Seed.of(5).forExample(i);
      labels[i] = i % 2;
      float side = labels[i] == 1 ? 1 : -1;
      boolean honest = random.nextFloat() < 0.9f;
      inputs[i] = new float[] {0.5f + 0.04f * side, 0.5f + (honest ? 0.3f : -0.3f) * side};
    }
    Examples examples = Examples.of(Batch.of(inputs), labels);
    Fit fit = new Fit(60, 20);
    LinearLearner plain = learner();
    LinearLearner hardened = learner();
    Hardening.against(THREAT, new StandardTraining()).withFit(fit).train(plain, examples, SEED);
    Hardening.against(THREAT, AdversarialTraining.standard())
        .withFit(fit)
        .train(hardened, examples, SEED);

    Validation judge = Validation.on(examples);
    Validation.Accuracy before = judge.measure(plain, THREAT, SEED);
    Validation.Accuracy after = judge.measure(hardened, THREAT, SEED);
    assertThat(before.clean().value()).isGreaterThan(0.99);
    assertThat(before.robust().value()).isLessThan(0.5);
    assertThat(after.robust().value()).isGreaterThan(0.85);
  }

  @Test
  void every_epoch_sees_every_example_once_in_an_order_of_its_own() {
    LinearLearner model = learner();
    Hardening.against(THREAT, new StandardTraining())
        .withFit(new Fit(2, 8))
        .train(model, POINTS, SEED);

    assertThat(model.taught).hasSize(14);
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Long> seen = new ArrayList<>();
      for (Batch batch : model.taught.subList(7 * epoch, 7 * epoch + 7)) {
        for (int i = 0; i < batch.rows(); i++) {
          seen.add(batch.example(i));
        }
      }
      assertThat(seen).hasSize(50).doesNotHaveDuplicates();
    }
    assertThat(model.taught.get(0).example(0)).isNotEqualTo(model.taught.get(7).example(0));
  }

  @Test
  void epsilon_grows_by_the_step_and_the_learning_rate_follows_its_schedule() {
    List<Float> epsilons = new ArrayList<>();
    List<Float> rates = new ArrayList<>();
    List<Seed> seeds = new ArrayList<>();
    Recipe<LinearLearner> recipe =
        (model, allowed, labels, seed) -> {
          epsilons.add(allowed.radius());
          rates.add(model.learningRate());
          seeds.add(seed);
          return model.train(allowed.clean(), new CrossEntropy(labels));
        };
    LinearLearner model = learner();
    Hardening.against(THREAT, recipe)
        .withFit(new Fit(2, 10))
        .withSchedule(new Schedule.Cyclic(0.4))
        .withWarmUp(0.8f)
        .train(model, POINTS, SEED);

    assertThat(toArray(epsilons))
        .containsExactly(
            new float[] {0.025f, 0.05f, 0.075f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f},
            within(1e-7f));
    float sixth = 0.5f / 6;
    assertThat(toArray(rates))
        .containsExactly(
            new float[] {
              0.125f, 0.25f, 0.375f, 0.5f, 5 * sixth, 4 * sixth, 3 * sixth, 2 * sixth, sixth, 0
            },
            within(1e-6f));
    assertThat(seeds).doesNotHaveDuplicates();
    assertThat(model.learningRate()).isEqualTo(0.5f);
  }

  /** Ten steps: one epoch of two at epsilon 0, and one and a half over which it grows. */
  @Test
  void a_recipe_is_told_how_far_epsilon_has_come_after_a_clean_start() {
    List<Float> epsilons = new ArrayList<>();
    List<Float> shares = new ArrayList<>();
    Hardening.against(THREAT, new Told(shares, epsilons, Double.NaN))
        .withFit(new Fit(5, 25))
        .withWarmUp(1, 1.5f)
        .train(learner(), POINTS, SEED);

    float third = 1f / 3;
    assertThat(toArray(shares))
        .containsExactly(new float[] {0, 0, third, 2 * third, 1, 1, 1, 1, 1, 1}, within(1e-6f));
    assertThat(toArray(epsilons))
        .containsExactly(
            new float[] {0, 0, third / 10, third / 5, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f},
            within(1e-7f));
  }

  /** Notes what it is told at every step. */
  private record Told(List<Float> shares, List<Float> epsilons, double share)
      implements Recipe<TrainableModel> {
    @Override
    public Recipe<TrainableModel> at(double share) {
      return new Told(shares, epsilons, share);
    }

    @Override
    public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
      shares.add((float) share);
      epsilons.add(allowed.radius());
      return 0;
    }
  }

  private static float[] toArray(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  @Test
  void schedules_are_what_their_papers_draw() {
    assertThat(new Schedule.Constant().factor(0.3)).isEqualTo(1);
    Schedule stepwise = Schedule.Stepwise.standard();
    assertThat(stepwise.factor(0.5)).isEqualTo(1);
    assertThat(stepwise.factor(0.51)).isCloseTo(0.1, within(1e-12));
    assertThat(stepwise.factor(1)).isCloseTo(0.01, within(1e-12));
    Schedule cosine = new Schedule.Cosine();
    assertThat(cosine.factor(1 / 3.0)).isCloseTo(0.75, within(1e-12));
    assertThat(cosine.factor(1)).isCloseTo(0, within(1e-12));
    assertThatThrownBy(() -> new Schedule.Stepwise(List.of(0.7, 0.6), 0.1))
        .hasMessage("milestones must ascend between 0 and 1, but were [0.7, 0.6]");
  }

  /** Puts the model at other weights in every epoch: w1 - w0 as given, which is all that counts. */
  private static Recipe<LinearLearner> visiting(float[]... differences) {
    AtomicInteger step = new AtomicInteger();
    return (model, allowed, labels, seed) -> {
      float[] w = differences[step.getAndIncrement()];
      model.setParameters(Batch.of(new float[] {0, 0, w[0], w[1], 0, 0}));
      return 1;
    };
  }

  private static final float[] GOOD = {1, -1};
  private static final float[] FAIR = {1, -0.3f};
  private static final float[] BAD = {-1, 1};

  @Test
  void the_most_robust_weights_are_kept_and_patience_ends_the_training() {
    LinearLearner model = learner();
    History history =
        Hardening.against(FAINT, visiting(BAD, FAIR, GOOD, FAIR, BAD, GOOD, GOOD))
            .withFit(new Fit(7, 50))
            .withValidation(Validation.on(HELD).withPatience(2))
            .train(model, POINTS, SEED);

    assertThat(history.epochs()).hasSize(5);
    assertThat(history.kept()).isEqualTo(3);
    assertThat(model.parameters().row(0)).containsExactly(0, 0, 1, -1, 0, 0);
    assertThat(history.table().lines().filter(line -> line.startsWith("*")))
        .singleElement()
        .asString()
        .startsWith("*     3    1.0000           0.500   0.0100  90.00 %  86.67 %  ");
  }

  @Test
  void a_planted_collapse_is_noticed_and_taken_back() {
    // four steps an epoch, two checks: after steps 2 and 4; the collapse comes with step 5
    LinearLearner model = learner();
    History history =
        Hardening.against(FAINT, visiting(FAIR, GOOD, GOOD, GOOD, BAD, BAD, GOOD, GOOD, GOOD, GOOD))
            .withFit(new Fit(3, 13))
            .withGuard(Guard.standard().withChecks(2).withExamples(50))
            .train(model, POINTS, SEED);

    assertThat(history.epochs()).hasSize(2);
    Epoch.Collapse collapse = history.epochs().get(1).collapse().orElseThrow();
    assertThat(collapse.step()).isEqualTo(2);
    assertThat(collapse.before()).isGreaterThan(0.6);
    assertThat(collapse.after()).isLessThan(0.2);
    assertThat(model.parameters().row(0)).containsExactly(0, 0, 1, -1, 0, 0);
    assertThat(history.table()).contains("collapsed at step 2, from ");
  }

  @ParameterizedTest
  @CsvSource({"0.05, true", "0.5, false"})
  void a_fall_is_a_collapse_if_it_takes_the_share_that_the_guard_allows(
      double drop, boolean collapse) {
    History history =
        Hardening.against(FAINT, visiting(GOOD, FAIR))
            .withFit(new Fit(2, 50))
            .withGuard(Guard.standard().withChecks(1).withExamples(50).withDrop(drop))
            .train(learner(), POINTS, SEED);
    assertThat(history.epochs().get(1).collapse().isPresent()).isEqualTo(collapse);
  }

  @Test
  void a_guard_does_not_watch_while_epsilon_still_grows() {
    History history =
        Hardening.against(THREAT, visiting(GOOD, BAD, BAD, BAD))
            .withFit(new Fit(4, 50))
            .withWarmUp(2)
            .withGuard(Guard.standard().withChecks(1).withExamples(50))
            .train(learner(), POINTS, SEED);
    assertThat(history.epochs()).hasSize(4).allMatch(epoch -> epoch.collapse().isEmpty());
  }

  @Test
  void checks_of_a_guard_are_even_and_the_last_is_at_the_end_of_the_epoch() {
    Guard guard = Guard.standard();
    List<Integer> due = new ArrayList<>();
    for (int step = 1; step <= 10; step++) {
      if (guard.isDue(step, 10)) {
        due.add(step);
      }
    }
    assertThat(due).containsExactly(3, 5, 8, 10);
  }

  @Test
  void an_average_replaces_the_weights_in_the_end_but_not_between_steps() {
    LinearLearner model = learner();
    List<Float> seen = new ArrayList<>();
    Recipe<LinearLearner> counting =
        (learner, allowed, labels, seed) -> {
          seen.add(learner.parameters().get(0, 0));
          float[] next = learner.parameters().row(0);
          next[0] += 1;
          learner.setParameters(Batch.of(next));
          return 0;
        };
    Hardening.against(THREAT, counting)
        .withFit(new Fit(4, 50))
        .withAverage((average, weights, steps) -> average.plus(weights).times(0.5f))
        .train(model, POINTS, SEED);
    assertThat(seen).containsExactly(1f, 2f, 3f, 4f);
    assertThat(model.parameters().get(0, 0)).isEqualTo(((2f + 3f) / 2 + 4f) / 4 + 5f / 2);
  }

  @Test
  void a_checkpoint_of_another_training_is_refused() {
    Path file = folder.resolve("training");
    Hardening<TrainableModel> plan =
        Hardening.against(THREAT, new StandardTraining()).withFit(new Fit(2, 10));
    plan.train(learner(), POINTS, SEED, epoch -> {}, file);

    Hardening<TrainableModel> longer = plan.withFit(new Fit(3, 10));
    assertThatThrownBy(() -> longer.train(learner(), POINTS, SEED, epoch -> {}, file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(
            "Fit[epochs=3, batch=10]", "is of another, Fit[epochs=2, batch=10]");
    assertThatThrownBy(() -> plan.train(learner(), POINTS, Seed.of(8), epoch -> {}, file))
        .isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> plan.train(learner(), HELD, SEED, epoch -> {}, file))
        .isInstanceOf(CheckpointException.class);
  }

  @Test
  void a_checkpoint_that_was_cut_off_or_is_something_else_is_refused() throws IOException {
    Path file = folder.resolve("training");
    Hardening<TrainableModel> plan =
        Hardening.against(THREAT, new StandardTraining()).withFit(new Fit(1, 10));
    plan.train(learner(), POINTS, SEED, epoch -> {}, file);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 10, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> plan.train(learner(), POINTS, SEED, epoch -> {}, file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("training: must be");
    }
    Files.writeString(file, "\0\3abc and more");
    assertThatThrownBy(() -> plan.train(learner(), POINTS, SEED, epoch -> {}, file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageEndingWith("training: must be a checkpoint of a training, but is not");
  }

  /** Learns nothing and can nothing but answer. */
  private static final class Bare implements TrainableModel {
    private final Mlp mlp = learner().now();

    @Override
    public Shape inputShape() {
      return mlp.inputShape();
    }

    @Override
    public Domain domain() {
      return mlp.domain();
    }

    @Override
    public int classes() {
      return mlp.classes();
    }

    @Override
    public Batch logits(Batch inputs) {
      return mlp.logits(inputs);
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      return mlp.forward(inputs);
    }

    @Override
    public double train(Batch inputs, LogitLoss loss) {
      return Double.NaN;
    }

    @Override
    public String toString() {
      return "Bare";
    }
  }

  @Test
  void what_a_model_cannot_do_is_said_before_the_first_step() {
    Hardening<TrainableModel> plain = Hardening.against(THREAT, new StandardTraining());
    assertRefused(
        plain.withSchedule(new Schedule.Cosine()),
        "a schedule needs a model whose learning rate can be set, but that of Bare cannot");
    assertRefused(
        plain.withValidation(Validation.on(HELD)),
        "keeping the best weights needs a model whose training can be resumed, but that of Bare"
            + " cannot");
    assertRefused(
        plain.withGuard(Guard.standard()),
        "a guard needs a model whose training can be resumed, but that of Bare cannot");
    assertRefused(
        plain.withAverage(new Slow()),
        "an average of weights needs a model whose parameters can be set, but that of Bare cannot");
  }

  private static void assertRefused(Hardening<TrainableModel> plan, String message) {
    assertThatThrownBy(() -> plan.train(new Bare(), POINTS, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void a_loss_that_is_no_number_ends_the_training() {
    assertThatThrownBy(
            () -> Hardening.against(THREAT, new StandardTraining()).train(new Bare(), POINTS, SEED))
        .isInstanceOf(ModelException.class)
        .hasMessage("a loss must be a number, but was NaN in step 1 of epoch 1");
  }

  @Test
  void bad_plans_and_data_are_refused() {
    assertThatThrownBy(
            () -> Hardening.against(ThreatModel.unbounded(Norm.linf()), new StandardTraining()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training needs a threat model with a bound, but was Linf unbounded");
    Hardening<TrainableModel> plan = Hardening.against(THREAT, new StandardTraining());
    assertThatThrownBy(() -> plan.withWarmUp(-1))
        .hasMessage("warmUp must be finite and not negative, but was -1.0");
    assertThatThrownBy(() -> plan.train(learner(), POINTS.first(0), SEED))
        .hasMessage("number of examples to train on must be at least 1, but was 0");
    Examples outside = Examples.of(Batch.of(new float[] {2, 0}), 1);
    assertThatThrownBy(() -> plan.train(learner(), outside, SEED))
        .isInstanceOf(IllegalArgumentException.class);
    Examples third = Examples.of(Batch.of(new float[] {0, 0}), 2);
    assertThatThrownBy(() -> plan.train(learner(), third, SEED))
        .hasMessageContaining("labels must be below the model's 2 classes");
    assertThatThrownBy(() -> Guard.standard().withDrop(1))
        .hasMessage("drop must be between 0 and 1, but was 1.0");
    assertThatThrownBy(() -> Validation.on(HELD.first(0)))
        .hasMessage("number of validation examples must be at least 1, but was 0");
  }
}
