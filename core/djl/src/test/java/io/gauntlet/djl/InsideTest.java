package io.gauntlet.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import org.junit.jupiter.api.Test;

/** What a model shows of its inside: parameters, the derivative by them, the layer before last. */
class InsideTest {
  private static DjlModel model() {
    return DjlModel.of(
        Fixtures.layers(),
        DjlOptions.of(Fixtures.IMAGE)
            .withOptimiser(new Optimiser.Adam(1e-2f))
            .withSeed(Seed.of(5)));
  }

  @Test
  void the_gradient_by_the_parameters_is_the_slope_of_the_mean_loss() {
    try (DjlModel model = model()) {
      Batch inputs = Fixtures.toy(model, 6, 1);
      LogitLoss loss = new CrossEntropy(Fixtures.brightness(inputs));
      Batch at = model.parameters();
      Batch gradient = model.parameterGradient(inputs, loss);
      assertThat(gradient.width()).isEqualTo(at.width());
      double square = 0;
      for (int j = 0; j < at.width(); j++) {
        square += (double) gradient.get(0, j) * gradient.get(0, j);
      }
      float step = 1e-2f / (float) Math.sqrt(square);
      model.setParameters(at.plus(gradient.times(step)));
      double above = mean(loss.values(model.logits(inputs)));
      model.setParameters(at.minus(gradient.times(step)));
      double below = mean(loss.values(model.logits(inputs)));
      assertThat((above - below) / (2 * step * square)).isCloseTo(1, within(1e-2));
    }
  }

  private static double mean(Batch losses) {
    double sum = 0;
    for (int i = 0; i < losses.rows(); i++) {
      sum += losses.get(i, 0);
    }
    return sum / losses.rows();
  }

  @Test
  void the_shapes_of_the_parameters_tell_the_weights_of_a_layer_from_its_biases() {
    try (DjlModel model = model()) {
      assertThat(model.parameterShapes())
          .containsExactly(
              Shape.of(4, 1, 3, 3), // convolution
              Shape.of(4),
              Shape.of(4), // batch norm, but for its running statistics
              Shape.of(4),
              Shape.of(3, 64), // linear
              Shape.of(3));
      assertThat(model.parameterShapes().stream().mapToInt(Shape::size).sum())
          .isEqualTo(model.parameters().width());
    }
  }

  @Test
  void parameters_that_are_put_back_bring_the_answers_back() {
    try (DjlModel model = model()) {
      Batch inputs = Fixtures.toy(model, 6, 1);
      Batch before = model.logits(inputs);
      Batch parameters = model.parameters();
      String fingerprint = model.fingerprint();
      model.setParameters(parameters.times(2));
      assertThat(model.logits(inputs).row(0)).isNotEqualTo(before.row(0));
      assertThat(model.fingerprint()).isNotEqualTo(fingerprint);
      model.setParameters(parameters);
      assertThat(model.logits(inputs).row(0)).isEqualTo(before.row(0));
      assertThat(model.fingerprint()).isEqualTo(fingerprint);
    }
  }

  @Test
  void parameters_that_do_not_fit_change_nothing() {
    try (DjlModel model = model()) {
      Batch parameters = model.parameters();
      assertThatThrownBy(() -> model.setParameters(Batch.of(new float[] {1, 2})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(parameters.width()));
      assertThatThrownBy(() -> model.setParameters(parameters.times(Float.NaN)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("NaN");
      assertThat(model.parameters().row(0)).isEqualTo(parameters.row(0));
    }
  }

  @Test
  void a_gradient_by_the_parameters_leaves_training_as_it_was() {
    try (DjlModel asked = model();
        DjlModel unasked = model()) {
      Batch inputs = Fixtures.toy(asked, 6, 1);
      asked.parameterGradient(inputs, new CrossEntropy(Fixtures.brightness(inputs)));
      assertThat(Fixtures.train(asked, 1)).isEqualTo(Fixtures.train(unasked, 1));
      assertThat(asked.fingerprint()).isEqualTo(unasked.fingerprint());
    }
  }

  @Test
  void the_last_layer_of_the_features_is_the_model() {
    try (DjlModel model = model()) {
      Batch inputs = Fixtures.toy(model, 5, 1);
      DifferentiableModel features = model.features();
      Fixtures.train(model, 1); // the view follows
      Batch hidden = features.logits(inputs);
      Batch logits = model.logits(inputs);
      Batch parameters = model.parameters();
      int classes = model.classes();
      int first = parameters.width() - classes * (hidden.width() + 1);
      for (int k = 0; k < classes; k++) {
        double sum = parameters.get(0, parameters.width() - classes + k);
        for (int h = 0; h < hidden.width(); h++) {
          sum += parameters.get(0, first + k * hidden.width() + h) * hidden.get(2, h);
        }
        assertThat(logits.get(2, k)).isCloseTo((float) sum, within(1e-4f));
      }
    }
  }

  @Test
  void features_are_differentiable() {
    try (DjlModel model = model()) {
      DifferentiableModel features = model.features();
      Batch inputs = Fixtures.toy(model, 3, 1);
      float[] weights = new float[3 * features.classes()];
      weights[features.classes() + 1] = 1; // unit 1 of row 1
      float[] slope;
      try (var pass = features.forward(inputs)) {
        Batch byUnit = pass.logits().withValues(features.classes(), weights);
        Batch byInput = pass.backward(byUnit);
        assertThat(byInput.row(0)).containsOnly(0f);
        slope = byInput.row(1);
      }
      int pixel = 9;
      Batch nudged = inputs.editRows((i, x) -> x[pixel] += 1e-3f);
      float change = features.logits(nudged).get(1, 1) - features.logits(inputs).get(1, 1);
      assertThat(change / 1e-3f).isCloseTo(slope[pixel], within(1e-2f));
    }
  }

  @Test
  void torch_script_says_that_it_shows_no_features() {
    try (DjlModel model =
        DjlModel.torchScript(Fixtures.file("scripted.pt"), DjlOptions.of(Fixtures.IMAGE))) {
      assertThatThrownBy(model::features)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("TorchScript");
    }
  }
}
