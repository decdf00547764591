package io.gauntlet.djl;

import static io.gauntlet.djl.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.repository.zoo.Criteria;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DjlModelTest {
  private static final Shape FOUR = Shape.of(4);

  @TempDir Path folder;

  private static Block linear(int units) {
    return Linear.builder().setUnits(units).build();
  }

  private static Block ending(UnaryOperator<NDArray> end) {
    return new SequentialBlock()
        .add(linear(3))
        .add(new LambdaBlock(scores -> new NDList(end.apply(scores.singletonOrThrow()))));
  }

  private static NDManager manager() {
    return Libtorch.newManager(Device.cpu());
  }

  @Test
  void describes_itself() {
    DjlOptions options =
        DjlOptions.of(FOUR).withDomain(Domain.of(-1, 1)).withThreads(1).withDevice(Device.cpu());
    try (DjlModel model = DjlModel.of(linear(3), options)) {
      assertThat(model.inputShape()).isEqualTo(FOUR);
      assertThat(model.domain()).isEqualTo(Domain.of(-1, 1));
      assertThat(model.classes()).isEqualTo(3);
      assertThat(model.concurrency()).isEqualTo(Concurrency.threadSafe(64));
      assertThat(model).hasToString("DjlModel[Linear, 4 -> 3, cpu()]");
    }
  }

  @Test
  void fewer_callers_are_wanted_where_each_uses_more_threads() {
    int cores = Runtime.getRuntime().availableProcessors();
    try (DjlModel model = DjlModel.of(linear(3), DjlOptions.of(FOUR).withThreads(cores))) {
      assertThat(model.concurrency()).isEqualTo(new Concurrency(1, 64, true));
    }
  }

  @Test
  void answers_nothing_to_nothing() {
    try (DjlModel model = DjlModel.of(linear(3), FOUR)) {
      Batch nothing = Batch.of();
      assertThat(model.logits(nothing)).hasToString("0 rows of 3");
      Gradient gradient = model.gradient(nothing, new CrossEntropy(Labels.of()));
      assertThat(gradient.logits()).hasToString("0 rows of 3");
      assertThat(gradient.losses()).hasToString("0 rows of 1");
      assertThat(gradient.byInput()).hasToString("0 rows of 4");
      assertThatThrownBy(() -> model.train(nothing, new CrossEntropy(Labels.of())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a training step needs at least 1 row, but had 0");
    }
  }

  @Test
  void rows_keep_their_examples() {
    try (DjlModel model = DjlModel.of(linear(3), FOUR)) {
      Batch inputs = Batch.of(new float[4], new float[4]).standingFor(7, 9);
      Gradient gradient = model.gradient(inputs, new CrossEntropy(Labels.of(inputs, 0, 1)));
      assertThat(model.logits(inputs).example(1)).isEqualTo(9);
      assertThat(gradient.logits().example(1)).isEqualTo(9);
      assertThat(gradient.byInput().example(1)).isEqualTo(9);
    }
  }

  @Test
  void refuses_inputs_and_weights_of_another_width() {
    try (DjlModel model = DjlModel.of(linear(3), FOUR);
        ForwardPass pass = model.forward(Batch.of(new float[4]))) {
      assertThatThrownBy(() -> model.logits(Batch.of(new float[5])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("inputs must have 4 features like the model's input shape 4, but have 5");
      assertThatThrownBy(() -> pass.backward(Batch.of(new float[2])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "weights of the logits must be 1 rows of 3 like the logits, but were 1 rows of 2");
    }
  }

  @Test
  void refuses_networks_that_do_not_score_classes() {
    assertRefused(ending(z -> z.reshape(-1, 3, 1)), "answered with shape (1, 3, 1)");
    assertRefused(ending(z -> z.reshape(-1)), "answered with shape (3)");
    assertRefused(ending(z -> z.reshape(3, -1)), "answered with shape (3, 1)");
    assertRefused(linear(1), "answered with shape (1, 1)");
    assertRefused(ending(z -> z.toType(DataType.INT32, false)), "answered with int32");
    Block twice = new LambdaBlock(x -> new NDList(x.get(0), x.get(0)));
    assertRefused(twice, "answered with 2");
    assertRefused(
        new LambdaBlock(
            x -> {
              throw new IllegalArgumentException("out of order");
            }),
        "the network failed on 1 inputs of 4: out of order");
  }

  private static void assertRefused(Block block, String because) {
    assertThatThrownBy(() -> DjlModel.of(block, FOUR))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(because);
  }

  @Test
  void refuses_a_network_without_a_derivative() {
    try (DjlModel model = DjlModel.of(ending(NDArray::stopGradient), FOUR)) {
      Batch inputs = Batch.of(new float[4]);
      assertThat(model.logits(inputs).width()).isEqualTo(3);
      assertThatThrownBy(() -> model.gradient(inputs, new CrossEntropy(Labels.of(0))))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith("the network could not be differentiated: ");
    }
  }

  @Test
  void refuses_cuda_without_a_libtorch_for_it() {
    assertThatThrownBy(() -> DjlModel.of(linear(3), DjlOptions.of(FOUR).withDevice(Device.gpu())))
        .isInstanceOf(ModelException.class)
        .hasMessage("device gpu(0) needs a libtorch that was built for CUDA, but 2.7.1 was not");
  }

  @Test
  void a_closed_model_says_so() {
    DjlModel model = DjlModel.of(linear(3), FOUR);
    Batch inputs = Batch.of(new float[4]);
    ForwardPass pass = model.forward(inputs);
    model.close();
    model.close();
    assertThatThrownBy(() -> model.logits(inputs))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a model must be open to be used, but was closed");
    assertThatThrownBy(() -> pass.backward(Batch.of(new float[3])))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a pass must be open to go back, but was closed");
    pass.close();
  }

  @Test
  void parameters_are_frozen_while_open_and_then_exactly_as_they_were() {
    try (NDManager manager = manager()) {
      SequentialBlock block = Fixtures.layers();
      block.initialize(manager, DataType.FLOAT32, new ai.djl.ndarray.types.Shape(1, 1, 8, 8));
      block.getChildren().get(0).getValue().freezeParameters(true);
      Parameter oddity = block.getParameters().get("07Linear_bias");
      oddity.getArray().setRequiresGradient(false); // unlike its flag
      List<String> before = state(block);
      assertThat(before.toString()).contains("true", "false");
      try (DjlModel model = DjlModel.of(block, Fixtures.IMAGE)) {
        assertThat(state(block)).allMatch(s -> s.endsWith("false false"));
        Fixtures.train(model, 0);
        assertThat(state(block)).allMatch(s -> s.endsWith("false false"));
      }
      assertThat(state(block)).isEqualTo(before);
    }
  }

  private static List<String> state(Block block) {
    return block.getParameters().stream()
        .map(
            p ->
                "%s %s %s"
                    .formatted(
                        p.getKey(),
                        p.getValue().requiresGradient(),
                        p.getValue().getArray().hasGradient()))
        .toList();
  }

  @Test
  void frozen_parameters_do_not_learn() {
    try (NDManager manager = manager()) {
      SequentialBlock block = Fixtures.layers();
      block.initialize(manager, DataType.FLOAT32, new ai.djl.ndarray.types.Shape(1, 1, 8, 8));
      Parameter frozen = block.getParameters().get("01Conv2d_weight");
      Parameter free = block.getParameters().get("07Linear_weight");
      frozen.freeze(true);
      float[] frozenBefore = frozen.getArray().toFloatArray();
      float[] freeBefore = free.getArray().toFloatArray();
      try (DjlModel model = DjlModel.of(block, Fixtures.IMAGE)) {
        Fixtures.train(model, 0);
      }
      assertThat(frozen.getArray().toFloatArray()).isEqualTo(frozenBefore);
      assertThat(free.getArray().toFloatArray()).isNotEqualTo(freeBefore);
      block.freezeParameters(true);
      try (DjlModel model = DjlModel.of(block, Fixtures.IMAGE)) {
        assertThatThrownBy(() -> Fixtures.train(model, 0))
            .isInstanceOf(ModelException.class)
            .hasMessage("a model needs a parameter that is not frozen to be trained");
      }
    }
  }

  @Test
  void parameters_that_this_made_are_gone_after_close() {
    SequentialBlock block = Fixtures.layers();
    String first;
    try (DjlModel model = DjlModel.of(block, Fixtures.IMAGE)) {
      first = model.fingerprint();
      Fixtures.train(model, 0);
    }
    assertThat(block.isInitialized()).isFalse();
    try (DjlModel again = DjlModel.of(block, Fixtures.IMAGE)) {
      assertThat(again.fingerprint()).isEqualTo(first);
    }
    assertThatThrownBy(() -> DjlModel.of(block, Shape.of(7)))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("the block could not be initialised for inputs of 7: ");
    assertThat(block.isInitialized()).isFalse();
  }

  @Test
  void runs_a_model_that_djl_has_loaded() throws Exception {
    Criteria.Builder<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(Fixtures.file("scripted.pt"))
            .optEngine("PyTorch");
    try (ai.djl.Model frozen = criteria.build().loadModel()) {
      assertThatThrownBy(() -> DjlModel.of(frozen, DjlOptions.of(Fixtures.IMAGE)))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(
              "the network failed on 1 inputs of 1x8x8: "
                  + "RuntimeError: Inference tensors cannot be saved for backward");
    }
    try (ai.djl.Model loaded = criteria.optOption("trainParam", "true").build().loadModel();
        DjlModel model = DjlModel.of(loaded, DjlOptions.of(Fixtures.IMAGE));
        DjlModel direct = DjlModel.torchScript(Fixtures.file("scripted.pt"), Fixtures.IMAGE)) {
      Batch inputs = Fixtures.toy(model, 4, 1);
      assertThat(all(model.logits(inputs))).isEqualTo(all(direct.logits(inputs)));
    }
  }

  @Test
  void a_fingerprint_is_of_the_parameters_and_what_they_are_shown() {
    DjlOptions options = DjlOptions.of(Fixtures.IMAGE).withSeed(Seed.of(1));
    String first;
    try (DjlModel model = DjlModel.of(Fixtures.layers(), options)) {
      first = model.fingerprint();
      assertThat(first).matches("DjlModel\\[SequentialBlock, sha256=[0-9a-f]{64}\\]");
      Fixtures.train(model, 0);
      assertThat(model.fingerprint()).isNotEqualTo(first);
    }
    try (DjlModel same = DjlModel.of(Fixtures.layers(), options);
        DjlModel other = DjlModel.of(Fixtures.layers(), options.withSeed(Seed.of(2)));
        DjlModel normalised =
            DjlModel.of(
                Fixtures.layers(), options.withNormalisation(Normalisation.of(0.5f, 0.25f)))) {
      assertThat(same.fingerprint()).isEqualTo(first);
      assertThat(other.fingerprint()).isNotEqualTo(first);
      assertThat(normalised.fingerprint())
          .startsWith(first.substring(0, first.length() - 1))
          .endsWith(", Normalisation[mean=[0.5], std=[0.25]]]");
    }
  }

  @Test
  void parameters_survive_a_file() {
    Path file = folder.resolve("parameters.npz");
    try (DjlModel model = Fixtures.trained(DjlOptions.of(Fixtures.IMAGE))) {
      model.save(file);
      model.save(file);
      assertThat(folder).isDirectoryContaining(path -> path.equals(file));
      assertThat(folder.toFile().list()).containsExactly("parameters.npz");
      Batch inputs = Fixtures.toy(model, 4, 1);
      try (DjlModel other = DjlModel.of(Fixtures.layers(), Fixtures.IMAGE)) {
        assertThat(all(other.logits(inputs))).isNotEqualTo(all(model.logits(inputs)));
        Fixtures.train(other, 0);
        other.loadParameters(file);
        assertThat(all(other.logits(inputs))).isEqualTo(all(model.logits(inputs)));
        assertThat(other.fingerprint()).isEqualTo(model.fingerprint());
        assertThat(Fixtures.train(other, 1)).isFinite();
      }
    }
  }

  @Test
  void a_file_that_cannot_be_written_is_named() throws IOException {
    Path file = folder.resolve("taken");
    Files.createDirectories(file.resolve("inside"));
    try (DjlModel model = DjlModel.of(linear(3), FOUR)) {
      assertThatThrownBy(() -> model.save(file))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(file + " cannot be written");
    }
  }

  @Test
  void a_file_of_other_parameters_changes_none() throws IOException {
    Path file = folder.resolve("parameters.npz");
    Path cut = folder.resolve("cut.npz");
    try (DjlModel model = DjlModel.of(linear(3), FOUR);
        DjlModel wider = DjlModel.of(linear(4), FOUR);
        DjlModel deeper = DjlModel.of(Fixtures.layers(), Fixtures.IMAGE)) {
      model.save(file);
      byte[] whole = Files.readAllBytes(file);
      Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
      String before = wider.fingerprint();
      assertThatThrownBy(() -> wider.loadParameters(file))
          .isInstanceOf(ModelException.class)
          .hasMessage("%s must hold weight of shape (4, 4), but holds (3, 4)", file);
      assertThat(wider.fingerprint()).isEqualTo(before);
      assertThatThrownBy(() -> deeper.loadParameters(file))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("must hold 01Conv2d_weight of shape");
      assertThatThrownBy(() -> model.loadParameters(cut))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith("%s must be a whole NPZ file", cut)
          .hasCauseInstanceOf(RuntimeException.class);
      assertThatThrownBy(() -> model.loadParameters(folder.resolve("none.npz")))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("none.npz could not be read");
    }
  }

  @Test
  void options_are_checked() {
    assertThatThrownBy(
            () ->
                DjlOptions.of(Shape.of(3, 8, 8))
                    .withNormalisation(Normalisation.perChannel(List.of(0f, 0f), List.of(1f, 1f))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a normalisation needs 1 mean or one for each of the 3 channels of 3x8x8, but had 2");
    assertThatThrownBy(() -> Normalisation.of(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("std must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> Normalisation.of(Float.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mean must be finite, but was NaN");
    assertThatThrownBy(() -> Normalisation.perChannel(List.of(0f, 0f), List.of(1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but had 2 and 1");
    assertThatThrownBy(() -> DjlOptions.of(FOUR).withThreads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at least 1, but was 0");
    assertThatThrownBy(() -> DjlOptions.of(FOUR).withThreads(100_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at most 1024, but was 100000");
    assertThatThrownBy(() -> new Optimiser.Adam(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learningRate must be finite and positive, but was 0.0");
    assertThatThrownBy(() -> new Optimiser.Sgd(1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("momentum must be below 1, but was 1.0");
  }
}
