package io.gauntlet.defenses;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;

/** The way from logits to what clients are told, and back. */
final class Probabilities {
  private Probabilities() {}

  /** Softmax of every row. */
  static Batch of(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          float max = z[0];
          for (float logit : z) {
            if (!Float.isFinite(logit)) {
              throw new ModelException(
                  "the model must answer with finite scores, but row %s has %s"
                      .formatted(i, logit));
            }
            max = Math.max(max, logit);
          }
          double sum = 0;
          for (float logit : z) {
            sum += Math.exp(logit - max);
          }
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) (Math.exp(z[k] - max) / sum);
          }
        });
  }

  /** Logarithms, whose softmax is {@code probabilities} again where those sum to one. */
  static Batch logits(Batch probabilities) {
    return probabilities.editRows(
        (i, p) -> {
          for (int k = 0; k < p.length; k++) {
            p[k] = (float) Math.log(Math.max(p[k], Float.MIN_NORMAL));
          }
        });
  }

  /** Returns what a guard made of {@code before}, which must still be an answer. */
  static Batch check(OutputGuard guard, Batch before, Batch after) {
    if (after.rows() != before.rows() || after.width() != before.width()) {
      throw new ModelException(
          "%s must keep the shape %s, but made it %s".formatted(guard.title(), before, after));
    }
    for (int i = 0; i < after.rows(); i++) {
      for (int k = 0; k < after.width(); k++) {
        float p = after.get(i, k);
        if (!(p >= 0 && p <= 1)) {
          throw new ModelException(
              "%s must keep probabilities in [0, 1], but row %s has %s"
                  .formatted(guard.title(), i, p));
        }
      }
    }
    return after;
  }
}
