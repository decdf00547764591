package io.gauntlet.nd4j;

import static io.gauntlet.nd4j.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.model.Shape;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class SameDiffModelTest {
  @TempDir Path folder;

  private static SameDiffModel model(SameDiff graph) {
    return SameDiffModel.of(graph, "input", "logits", Fixtures.ROWS);
  }

  @Test
  void batch_norm_is_that_of_nd4j_and_dropout_lets_everything_through() {
    SameDiff graph = Fixtures.smoothSameDiff();
    SameDiffModel model = SameDiffModel.of(graph, "input", "logits", Fixtures.IMAGES);
    Batch inputs = Fixtures.toy(Fixtures.IMAGE, 6, 1);
    Map<String, INDArray> given = Map.of("input", Rows.of(inputs, Fixtures.IMAGE, DataType.FLOAT));
    SDVariable normalised = graph.getVariable("normalised");
    float[] expected = Rows.take(graph.outputSingle(given, "normalised").dup());
    SameDiff beginning = graph.dup();
    beginning.reshape("flat", beginning.getVariable("normalised"), -1, 144);
    SameDiffModel cut = SameDiffModel.of(beginning, "input", "flat", Fixtures.IMAGES);
    assertThat(normalised.getVariableType()).isEqualTo(VariableType.ARRAY);
    assertThat(all(cut.logits(inputs))).containsExactly(expected, within(1e-5f));
    assertThat(all(model.logits(inputs))).isEqualTo(all(model.logits(inputs)));
  }

  @Test
  void batch_norm_may_stand_at_the_end_and_lack_scale_or_shift() {
    for (boolean scaled : new boolean[] {true, false}) {
      SameDiff graph = SameDiff.create();
      SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 12);
      SDVariable z = graph.mmul(x, graph.var("w", Nd4j.rand(DataType.FLOAT, 12, 3)));
      SDVariable one = graph.constant("one", Nd4j.createFromArray(0.5f, 1f, 2f));
      SDVariable given = graph.var("given", Nd4j.createFromArray(0.1f, -3f, 5f));
      graph
          .nn()
          .batchNorm("logits", z, one, one, scaled ? given : null, scaled ? null : given, 0, 1);
      SameDiffModel model = model(graph);
      Batch inputs = Fixtures.toy(Fixtures.FEATURES, 5, 1);
      INDArray rows = Rows.of(inputs, Fixtures.FEATURES, DataType.FLOAT);
      float[] expected = Rows.take(graph.outputSingle(Map.of("input", rows), "logits").dup());
      assertThat(all(model.logits(inputs))).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void the_graph_itself_is_never_touched() {
    SameDiff graph = Fixtures.sameDiff();
    int variables = graph.variables().size();
    INDArray weights = graph.getVariable("w0").getArr().dup();
    SameDiffModel model = model(graph);
    Fixtures.train(model, 0);
    assertThat(graph.variables()).hasSize(variables);
    assertThat(graph.getVariable("w0").getVariableType()).isEqualTo(VariableType.VARIABLE);
    assertThat(graph.getVariable("w0").getArr()).isEqualTo(weights);
    assertThat(graph.hasVariable("gauntlet_loss")).isFalse();
    Batch inputs = Fixtures.toy(Fixtures.FEATURES, 3, 1);
    Batch logits = model.logits(inputs);
    graph.getVariable("w0").getArr().addi(1);
    assertThat(all(model.logits(inputs))).isEqualTo(all(logits));
  }

  @Test
  void a_graph_that_was_differentiated_for_its_weights_is_one_for_its_inputs_too() {
    SameDiff graph = Fixtures.sameDiff();
    SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, 3);
    graph.loss().softmaxCrossEntropy("loss", labels, graph.getVariable("logits"), null);
    graph.setLossVariables("loss");
    graph.createGradFunction();
    assertThat(SelfCheck.standard().examine(model(graph))).isEmpty();
  }

  @Test
  void describes_itself() {
    SameDiffModel model =
        SameDiffModel.of(Fixtures.sameDiff(), "input", "probabilities", Fixtures.ROWS);
    assertThat(model.classes()).isEqualTo(3);
    assertThat(model).hasToString("SameDiffModel[input -> logits, 12 -> 3]");
    assertThat(model.fingerprint()).isEqualTo(model(Fixtures.sameDiff()).fingerprint());
  }

  @Test
  void the_graph_learns_and_can_be_saved() {
    SameDiffModel model = model(Fixtures.sameDiff());
    Batch unseen = Fixtures.toy(Fixtures.FEATURES, 300, 1);
    double before = Fixtures.loss(model, unseen);
    String fingerprint = model.fingerprint();
    for (int step = 0; step < 150; step++) {
      Fixtures.train(model, step);
    }
    assertThat(Fixtures.loss(model, unseen)).isLessThan(before * 0.7);
    assertThat(model.fingerprint()).isNotEqualTo(fingerprint);
    assertThat(SelfCheck.standard().examine(model)).isEmpty();

    Path file = folder.resolve("graph.fb");
    model.save(file);
    SameDiffModel loaded = SameDiffModel.open(file, "input", "logits", Fixtures.ROWS);
    assertThat(all(loaded.logits(unseen))).isEqualTo(all(model.logits(unseen)));
    assertThat(loaded.fingerprint()).isEqualTo(model.fingerprint());
    assertThat(SameDiffModel.open(file, Fixtures.ROWS)).hasToString(model.toString());
  }

  @Test
  void a_step_is_that_of_the_graphs_own_training_configuration() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 2);
    graph.mmul("logits", x, graph.var("w", Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}})));
    graph.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new Sgd(0.5))
            .dataSetFeatureMapping("input")
            .dataSetLabelMapping("none")
            .build());
    SameDiffModel model = SameDiffModel.of(graph, "input", "logits", Nd4jOptions.of(Shape.of(2)));
    Batch inputs = Batch.of(new float[] {1, 2}, new float[] {3, -1});
    LogitLoss loss = new CrossEntropy(Labels.of(0, 1));
    Batch before = model.logits(inputs);
    Batch byLogit = loss.gradient(before);
    model.train(inputs, loss);
    Batch after = model.logits(inputs);
    for (int r = 0; r < 2; r++) {
      for (int k = 0; k < 2; k++) {
        double moved = 0;
        for (int i = 0; i < 2; i++) {
          double product =
              inputs.get(i, 0) * inputs.get(r, 0) + inputs.get(i, 1) * inputs.get(r, 1);
          moved -= 0.25 * byLogit.get(i, k) * product;
        }
        assertThat((double) after.get(r, k)).isCloseTo(before.get(r, k) + moved, within(1e-5));
      }
    }
  }

  @Test
  void a_row_alone_is_learnt_as_on_paper() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 2);
    SDVariable w = graph.var("w", Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}));
    graph.nn().linear("logits", x, w, graph.var("b", Nd4j.createFromArray(0.5f, -0.5f)));
    graph.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new Sgd(0.5))
            .dataSetFeatureMapping("input")
            .dataSetLabelMapping("none")
            .build());
    SameDiffModel model = SameDiffModel.of(graph, "input", "logits", Nd4jOptions.of(Shape.of(2)));
    Batch input = Batch.of(new float[] {1, 2});
    LogitLoss loss = new CrossEntropy(Labels.of(0));
    Batch before = model.logits(input);
    model.train(input, loss);
    Batch moved = loss.gradient(before).times(-0.5f * (1 + 4 + 1)); // squares of inputs, and bias
    assertThat(all(model.logits(input))).containsExactly(all(before.plus(moved)), within(1e-5f));
  }

  @Test
  void dropout_cannot_be_trained() {
    SameDiffModel model =
        SameDiffModel.of(Fixtures.smoothSameDiff(), "input", "logits", Fixtures.IMAGES);
    assertThatThrownBy(() -> Fixtures.train(model, 0))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("(dropout_inverted) has no derivative in ND4J")
        .hasMessageEndingWith("a graph with dropout cannot be trained");
  }

  @Test
  void passes_can_be_gone_back_through_in_any_order() {
    SameDiffModel model = model(Fixtures.sameDiff());
    Batch first = Fixtures.toy(Fixtures.FEATURES, 4, 1);
    Batch second = Fixtures.toy(Fixtures.FEATURES, 6, 2);
    try (ForwardPass one = model.forward(first);
        ForwardPass two = model.forward(second)) {
      float[] ofTwo = all(two.backward(two.logits()));
      float[] ofOne = all(one.backward(one.logits()));
      model.logits(first);
      assertThat(all(two.backward(two.logits()))).isEqualTo(ofTwo);
      assertThat(all(one.backward(one.logits()))).isEqualTo(ofOne);
    }
  }
}
