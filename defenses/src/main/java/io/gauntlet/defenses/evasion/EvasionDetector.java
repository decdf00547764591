package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;

/** Tells inputs that somebody changed to mislead a model from those that nobody did. */
public interface EvasionDetector {
  /**
   * Scores inputs and keeps what is needed to go back to them.
   *
   * @param inputs shape (rows, features)
   * @return a pass whose only "logit" is the score of {@link #scores}; back it goes through the
   *     score's derivative, or through what an attacker puts in its place
   */
  ForwardPass forward(Batch inputs);

  /**
   * How suspicious inputs are.
   *
   * @param inputs shape (rows, features)
   * @return shape (rows, 1); the larger the more suspicious
   */
  default Batch scores(Batch inputs) {
    try (ForwardPass pass = forward(inputs)) {
      return inputs.answeredBy(pass.logits());
    }
  }

  /**
   * Whether several threads may score at the same time, as far as the model that is looked at lets
   * them; a detector that asks another model has that one's answer.
   */
  default boolean isThreadSafe() {
    return true;
  }

  /** How an attacker differentiates the score, in words: {@code exact gradient}, {@code BPDA}. */
  String route();
}
