package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.EnsembleTraining;
import io.gauntlet.defenses.train.ExponentialAverage;
import io.gauntlet.defenses.train.Hardening;
import io.gauntlet.defenses.train.History;
import io.gauntlet.defenses.train.Mart;
import io.gauntlet.defenses.train.Recipe;
import io.gauntlet.defenses.train.StochasticAverage;
import io.gauntlet.defenses.train.Trades;
import io.gauntlet.defenses.train.WeightPerturbation;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes that ask more of an engine than a step on one batch, on libtorch. */
class RecipesOnLibtorchTest {
  private static final Recipe<? super ParametricModel> TRADES = Trades.standard().withSteps(3);

  static Stream<Recipe<? super ParametricModel>> recipes() {
    Mlp other = Mlp.linear(Domain.UNIT, new float[][] {{1, -1}, {-1, 1}}, new float[] {0, 0});
    return Stream.of(
        TRADES,
        Mart.standard(),
        EnsembleTraining.with(List.of(other)),
        WeightPerturbation.of(TRADES, 0.01f));
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void a_net_with_batch_norm_learns_by_it(Recipe<? super ParametricModel> recipe) {
    try (DjlModel model = model()) {
      History history = hardening(recipe).train(model, examples(), Seed.of(3));
      Examples examples = examples();

      double first = history.epochs().get(0).loss();
      assertThat(history.epochs().get(7).loss()).isLessThan(first);
      Batch logits = model.logits(examples.inputs());
      assertThat(logits.rowsWhere(i -> logits.argmax(i) == examples.labels().atRow(i)))
          .hasSizeGreaterThan(90);
    }
  }

  @Test
  void a_perturbation_of_the_weights_by_nothing_changes_no_bit() {
    assertThat(hardened(WeightPerturbation.of(TRADES, 0)))
        .isEqualTo(hardened(TRADES))
        .isNotEqualTo(hardened(WeightPerturbation.of(TRADES, 0.01f)));
  }

  private static float[] hardened(Recipe<? super ParametricModel> recipe) {
    try (DjlModel model = model()) {
      hardening(recipe).train(model, examples(), Seed.of(3));
      return model.parameters().row(0);
    }
  }

  @Test
  void averaged_weights_are_what_the_training_leaves_behind() {
    try (DjlModel followed = model();
        DjlModel late = model();
        DjlModel plain = model()) {
      hardening(TRADES)
          .withAverage(ExponentialAverage.standard())
          .train(followed, examples(), Seed.of(3));
      hardening(TRADES)
          .withAverage(new StochasticAverage(1_000_000, 1))
          .train(late, examples(), Seed.of(3));
      hardening(TRADES).train(plain, examples(), Seed.of(3));

      assertThat(late.parameters().row(0)).isEqualTo(plain.parameters().row(0));
      assertThat(followed.parameters().row(0)).isNotEqualTo(plain.parameters().row(0));
    }
  }

  private static Hardening<ParametricModel> hardening(Recipe<? super ParametricModel> recipe) {
    return Hardening.<ParametricModel>against(ThreatModel.linf(0.05f), recipe::step)
        .withFit(new Fit(8, 20));
  }

  private static DjlModel model() {
    Block net =
        new SequentialBlock()
            .add(Linear.builder().setUnits(8).build())
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(2).build());
    return DjlModel.of(net, DjlOptions.of(Shape.of(2)).withOptimiser(new Optimiser.Adam(0.02f)));
  }

  /** Points of the square, told apart by its diagonal with a gap around it. */
  private static Examples examples() {
    RandomGenerator random = Seed.of(1).forExample(0);
    float[][] points = new float[100][2];
    int[] labels = new int[100];
    for (int i = 0; i < 100; i++) {
      labels[i] = i % 2;
      float sum = 2 * random.nextFloat();
      float gap = 0.2f + 0.6f * random.nextFloat();
      float first = Math.min(1 - gap, Math.max(0, sum / 2 - gap / 2));
      points[i][labels[i]] = first + gap;
      points[i][1 - labels[i]] = first;
    }
    return Examples.of(Batch.of(points), labels);
  }
}
