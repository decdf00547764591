package io.gauntlet.defenses.postprocess;

import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;

/**
 * Rounds every probability to some decimals. Rows need not sum to one afterwards; where two round
 * to the same value the first is the class.
 *
 * <p>Follows Tramèr, Zhang, Juels, Reiter, Ristenpart: <a
 * href="https://arxiv.org/abs/1609.02943">Stealing Machine Learning Models via Prediction APIs</a>,
 * USENIX Security 2016, section 7.
 *
 * <p><b>An adaptive thief</b> who solves equations asks more points than there are unknowns and
 * solves by least squares; one who trains a copy hardly notices down to one decimal. Adding a known
 * ramp of inputs that crosses a rounding step shows the hidden digits again.
 *
 * @param decimals digits behind the point; 0 to 6
 */
public record Rounding(int decimals) implements OutputGuard {
  /** Checks the number of digits. */
  public Rounding {
    if (decimals < 0 || decimals > 6) {
      throw new IllegalArgumentException("decimals must be from 0 to 6, but was " + decimals);
    }
  }

  /** Rounds to {@code decimals} digits; 0 to 6. */
  public static Rounding to(int decimals) {
    return new Rounding(decimals);
  }

  @Override
  public Batch apply(Query query, Batch probabilities) {
    double steps = Math.pow(10, decimals);
    return probabilities.editRows(
        (i, p) -> {
          for (int k = 0; k < p.length; k++) {
            p[k] = (float) (Math.rint(p[k] * steps) / steps);
          }
        });
  }
}
