package io.gauntlet.onnx;

import static io.gauntlet.onnx.Fixtures.all;
import static io.gauntlet.onnx.GraphWriter.DOUBLE;
import static io.gauntlet.onnx.GraphWriter.FLOAT;
import static io.gauntlet.onnx.GraphWriter.INT64;
import static io.gauntlet.onnx.GraphWriter.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxRuntimeModelTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vision",
        "vision_of_one",
        "text",
        "residual",
        "sequence_first",
        "logistic",
        "logistic_of_two",
        "perceptron",
        "forest"
      })
  void agrees_with_who_made_the_file(String network) {
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Fixtures.network(network))) {
      assertThat(all(model.logits(Fixtures.expected(network, "inputs"))))
          .containsExactly(all(Fixtures.expected(network, "scores")), within(2e-6f));
    }
  }

  @Test
  void a_forest_has_no_gradient_and_is_offered_for_its_scores() {
    assertThatThrownBy(() -> OnnxModel.open(Fixtures.network("forest")))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("TreeEnsembleClassifier from ai.onnx.ml")
        .hasMessageEndingWith("OnnxRuntimeModel opens it for its scores");
  }

  @Test
  void tokens_are_whole_numbers() {
    OnnxOptions words = OnnxOptions.standard().withDomain(Domain.of(0, 49));
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Fixtures.network("tokens"), words)) {
      assertThat(model.inputShape()).isEqualTo(Shape.of(8));
      Batch sentence = Batch.of(new float[] {1, 2, 3, 4, 5, 6, 7, 49});
      assertThat(model.logits(sentence).width()).isEqualTo(2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.logits(sentence.times(0.5f)))
          .withMessageContaining("must be whole numbers for 'input' of INT64")
          .withMessageContaining("0.5");
      assertThatThrownBy(() -> model.logits(sentence.times(2)))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("ONNX Runtime failed on 1 inputs of 8");
    }
  }

  @Test
  void doubles_go_in_and_come_out() {
    GraphWriter graph = new GraphWriter(13).input("x", DOUBLE, -1, 3).output("y", DOUBLE);
    graph.node("Exp", List.of("x"), "y");
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(graph.write(folder.resolve("wide.onnx")))) {
      assertThat(model.logits(Batch.of(new float[] {0, 1, 2})).row(0))
          .containsExactly(
              new float[] {1, (float) Math.E, (float) (Math.E * Math.E)}, within(1e-6f));
    }
  }

  @Test
  void a_fixed_batch_is_filled_up() {
    GraphWriter graph = new GraphWriter(13).input("x", FLOAT, 2, 3).output("y", FLOAT, 2, 3);
    graph.node("Neg", List.of("x"), "y");
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(graph.write(folder.resolve("two.onnx")))) {
      Batch three = Batch.of(new float[] {1, 2, 3}, new float[] {4, 5, 6}, new float[] {7, 8, 9});
      assertThat(all(model.logits(three.standingFor(5, 6, 9))))
          .containsExactly(-1, -2, -3, -4, -5, -6, -7, -8, -9);
      assertThat(model.logits(three.standingFor(5, 6, 9)).example(2)).isEqualTo(9);
      assertThat(model.logits(three.select()).rows()).isZero();
    }
  }

  @Test
  void four_threads_get_what_one_gets() throws Exception {
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Fixtures.network("vision"))) {
      assertThat(model.concurrency().threadSafe()).isTrue();
      Batch inputs = Fixtures.expected("vision", "inputs");
      Batch expected = model.logits(inputs);
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<Callable<Batch>> calls = new ArrayList<>();
        for (int call = 0; call < 200; call++) {
          calls.add(() -> model.logits(inputs));
        }
        for (Future<Batch> call : pool.invokeAll(calls)) {
          assertThat(call.get().buffer()).isEqualTo(expected.buffer());
        }
      } finally {
        pool.shutdown();
      }
    }
  }

  @Test
  void inputs_of_another_width_are_refused() {
    try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Fixtures.network("text"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.logits(Batch.of(new float[3])))
          .withMessageContaining("128 features like the model's input shape 8x16, but have 3");
    }
  }

  @Test
  void answers_that_are_no_scores_are_refused() {
    GraphWriter whole = new GraphWriter(13).input("x", FLOAT, -1, 3).output("y", INT64);
    whole.node("Cast", List.of("x"), "y", integer("to", INT64));
    assertThatThrownBy(() -> OnnxRuntimeModel.open(whole.write(folder.resolve("whole.onnx"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("must have an output of floats");
    GraphWriter one = new GraphWriter(13).input("x", FLOAT, -1, 3).output("y", FLOAT);
    one.node("ReduceSum", List.of("x", one.longs(1)), "y");
    assertThatThrownBy(() -> OnnxRuntimeModel.open(one.write(folder.resolve("one.onnx"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("2 to 1048576 classes, but answers with [1, 1]");
  }

  @Test
  void is_named_by_the_digest_of_its_file_and_refused_after_closing() {
    OnnxRuntimeModel model = OnnxRuntimeModel.open(Fixtures.network("forest"));
    assertThat(model.fingerprint())
        .matches("OnnxRuntimeModel\\[probabilities, sha256=[0-9a-f]{64}]");
    model.close();
    model.close();
    assertThatThrownBy(() -> model.logits(Fixtures.expected("forest", "inputs")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a model must be open to be used, but was closed");
  }
}
