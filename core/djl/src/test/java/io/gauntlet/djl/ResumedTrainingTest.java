package io.gauntlet.djl;

import static io.gauntlet.djl.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResumedTrainingTest {
  private static final Batch INPUTS = Batch.of(new float[] {0.1f, 0.2f}, new float[] {0.3f, 0.9f});
  private static final LogitLoss LOSS = new CrossEntropy(Labels.of(0, 1));

  static Optimiser[] optimisers() {
    return TrainingTest.optimisers();
  }

  private static DjlModel model(Optimiser optimiser) {
    return DjlModel.of(
        Fixtures.layers(),
        DjlOptions.of(Fixtures.IMAGE).withOptimiser(optimiser).withSeed(Seed.of(5)));
  }

  private static DjlModel linear(Optimiser optimiser) {
    Block block = Linear.builder().setUnits(2).build();
    return DjlModel.of(block, DjlOptions.of(Shape.of(2)).withOptimiser(optimiser));
  }

  private static void train(DjlModel model, int from, int to) {
    for (int step = from; step < to; step++) {
      Fixtures.train(model, step);
    }
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void resumed_training_ends_with_the_same_weights_moments_dropout_and_batch_norm(
      Optimiser optimiser) {
    try (DjlModel whole = model(optimiser);
        DjlModel resumed = model(optimiser)) {
      whole.setLearningRate(5e-3f);
      train(whole, 0, 6);
      byte[] state = whole.trainingState();
      train(whole, 6, 12);

      resumed.resume(state);
      assertThat(resumed.learningRate()).isEqualTo(5e-3f);
      train(resumed, 6, 12);
      assertThat(resumed.fingerprint()).isEqualTo(whole.fingerprint());

      whole.resume(state); // back in time, too
      train(whole, 6, 12);
      assertThat(whole.fingerprint()).isEqualTo(resumed.fingerprint());
    }
  }

  @Test
  void what_is_no_state_of_this_network_is_refused_and_changes_nothing() {
    try (DjlModel model = model(new Optimiser.Adam(1e-2f));
        DjlModel other = linear(new Optimiser.Adam(1e-2f))) {
      train(model, 0, 2);
      byte[] state = model.trainingState();
      String before = model.fingerprint();
      byte[] half = Arrays.copyOf(state, state.length / 2);
      assertThatThrownBy(() -> model.resume(half)).isInstanceOf(ModelException.class);
      byte[] foreign = other.trainingState();
      assertThatThrownBy(() -> model.resume(foreign))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("a training state must hold");
      assertThat(model.fingerprint()).isEqualTo(before);
      train(model, 2, 4);
      String after = model.fingerprint();
      model.resume(state);
      train(model, 2, 4);
      assertThat(model.fingerprint()).isEqualTo(after);
    }
  }

  @Test
  void a_file_of_parameters_is_no_training_state(@TempDir Path folder) throws IOException {
    try (DjlModel model = model(new Optimiser.Adam(1e-2f))) {
      Path file = folder.resolve("parameters.npz");
      model.save(file);
      byte[] parameters = Files.readAllBytes(file);
      assertThatThrownBy(() -> model.resume(parameters))
          .isInstanceOf(ModelException.class)
          .hasMessage("a training state must hold what the optimiser remembers");
    }
  }

  @Test
  void torch_script_has_no_state_to_keep() {
    try (DjlModel model = DjlModel.torchScript(Fixtures.file("scripted.pt"), Fixtures.IMAGE)) {
      assertThatThrownBy(model::trainingState)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("needs a network made of layers");
    }
  }

  @Test
  void steps_are_as_large_as_the_learning_rate_says() {
    Optimiser plain = new Optimiser.Sgd(0.5f, 0, 0);
    try (DjlModel own = linear(plain);
        DjlModel half = linear(plain)) {
      Batch start = own.parameters();
      assertThat(own.learningRate()).isEqualTo(0.5f);
      half.setLearningRate(0.25f);
      assertThat(half.learningRate()).isEqualTo(0.25f);
      own.train(INPUTS, LOSS);
      half.train(INPUTS, LOSS);
      Batch way = own.parameters().minus(start);
      assertThat(all(half.parameters().minus(start)))
          .containsExactly(all(way.times(0.5f)), within(1e-6f));

      Batch there = own.parameters();
      own.setLearningRate(0);
      own.train(INPUTS, LOSS);
      assertThat(all(own.parameters())).containsExactly(all(there));
      assertThatThrownBy(() -> own.setLearningRate(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("learningRate must be finite and not negative, but was -1.0");
    }
  }

  @Test
  void one_pass_trains_and_gives_the_gradient_of_each_input() {
    Optimiser plain = new Optimiser.Sgd(0.5f, 0, 0);
    try (DjlModel apart = linear(plain);
        DjlModel together = linear(plain)) {
      Gradient expected = apart.gradient(INPUTS, LOSS);
      apart.train(INPUTS, LOSS);

      Gradient gradient = together.trainAndDifferentiate(INPUTS, LOSS);

      assertThat(all(gradient.byInput())).containsExactly(all(expected.byInput()), within(1e-6f));
      assertThat(all(gradient.losses())).containsExactly(all(expected.losses()), within(1e-6f));
      assertThat(all(gradient.logits())).containsExactly(all(expected.logits()), within(1e-6f));
      assertThat(all(together.parameters()))
          .containsExactly(all(apart.parameters()), within(1e-6f));
    }
  }

  @Test
  void a_normalised_input_gets_the_gradient_by_its_own_pixels() {
    DjlOptions options =
        DjlOptions.of(Shape.of(1, 1, 2))
            .withNormalisation(Normalisation.of(0.5f, 0.25f))
            .withOptimiser(new Optimiser.Sgd(0.5f, 0, 0));
    Block block =
        new SequentialBlock()
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(2).build());
    try (DjlModel model = DjlModel.of(block, options)) {
      float[] expected = all(model.gradient(INPUTS, LOSS).byInput());
      assertThat(all(model.trainAndDifferentiate(INPUTS, LOSS).byInput()))
          .containsExactly(expected, within(1e-6f));
    }
  }
}
