package io.gauntlet.examples;

import io.gauntlet.model.Batch;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;

/**
 * Asks several times and takes the mean of the probabilities, which undoes noise that is fresh.
 *
 * @param model answers with logits
 * @param times at least 1
 */
record Averaging(Model model, int times) implements FrontModel {
  @Override
  public Model behind() {
    return model;
  }

  @Override
  public Batch logits(Batch inputs) {
    if (times == 1) {
      return model.logits(inputs);
    }
    Batch sum = probabilities(model.logits(inputs));
    for (int again = 1; again < times; again++) {
      sum = sum.plus(probabilities(model.logits(inputs)));
    }
    return sum.editRows(
        (row, p) -> {
          for (int k = 0; k < p.length; k++) {
            p[k] = (float) Math.log(Math.max(p[k] / times, Float.MIN_NORMAL));
          }
        });
  }

  /** Softmax of every row. */
  static Batch probabilities(Batch logits) {
    return logits.editRows(
        (row, z) -> {
          float max = logits.get(row, logits.argmax(row));
          double sum = 0;
          for (float logit : z) {
            sum += Math.exp(logit - max);
          }
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) (Math.exp(z[k] - max) / sum);
          }
        });
  }
}
