package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;

/** The rules a model's answers must follow. */
final class Answers {
  private Answers() {}

  /** Asks for scores and checks them. */
  static Batch logits(Model model, Batch inputs) {
    return checkLogits(model, inputs, model.logits(inputs));
  }

  static Batch checkLogits(Model model, Batch inputs, Batch logits) {
    requireRows("scores", inputs, logits);
    if (inputs.rows() > 0 && logits.width() != model.classes()) {
      throw new ModelException(
          "the model says it has %s classes, but returned %s scores per example"
              .formatted(model.classes(), logits.width()));
    }
    requireFinite("score", "class", inputs, logits);
    return inputs.answeredBy(logits);
  }

  static Batch checkGradient(Batch inputs, Batch gradient) {
    requireRows("gradients", inputs, gradient);
    if (inputs.rows() > 0 && gradient.width() != inputs.width()) {
      throw new ModelException(
          "a gradient must have as many features as its input, %s, but had %s"
              .formatted(inputs.width(), gradient.width()));
    }
    requireFinite("gradient", "feature", inputs, gradient);
    return inputs.answeredBy(gradient);
  }

  private static void requireRows(String what, Batch inputs, Batch answer) {
    if (answer.rows() != inputs.rows()) {
      throw new ModelException(
          "the model must return one row of %s for each input, but returned %s for %s"
              .formatted(what, answer.rows(), inputs.rows()));
    }
  }

  private static void requireFinite(String what, String where, Batch inputs, Batch answer) {
    for (int i = 0; i < answer.rows(); i++) {
      for (int k = 0; k < answer.width(); k++) {
        if (!Float.isFinite(answer.get(i, k))) {
          throw new ModelException(
              "every %s must be finite, but %s %s of example %s was %s"
                  .formatted(what, where, k, inputs.example(i), answer.get(i, k)));
        }
      }
    }
  }
}
