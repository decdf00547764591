package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;

/**
 * The one input that a targeted poison is made for. It is never changed itself: whoever trains on
 * the poison is to take it for another class.
 *
 * @param input shape (1, features)
 * @param intended class that it is to be taken for
 */
public record Target(Batch input, int intended) {
  /** Checks that there is one input. */
  public Target {
    if (input.rows() != 1) {
      throw new IllegalArgumentException(
          "a target must be one input, but there were " + input.rows());
    }
    Check.atLeast(0, intended, "intended class");
  }

  /** The target's input in the place of each of these. */
  public Batch inPlaceOf(Batch others) {
    return others.editRows((row, x) -> input.copyRow(0, x));
  }

  /** Whether a model that was trained on the poison takes the target for the intended class. */
  public boolean hits(Model victim) {
    return victim.logits(input).argmax(0) == intended;
  }
}
