package io.gauntlet.attacks.universal;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Adds one pattern to every input, which is all the attacker has to know of it.
 *
 * <p>See {@link UniversalPerturbation}, which crafts patterns. Never asks the model. Works under
 * any threat model: where the pattern would leave it, the nearest point inside is taken, so that
 * under one smaller than it was crafted for it is weaker than it could be.
 *
 * @param pattern one row, as wide as the inputs, in their units; finite
 * @param origin how it came about; part of its name in reports
 */
public record UniversalPattern(Batch pattern, String origin) implements Attack<Model> {
  /** Checks that the pattern is one. */
  public UniversalPattern {
    if (pattern.rows() != 1) {
      throw new IllegalArgumentException("pattern must be one row, but was " + pattern);
    }
    for (int j = 0; j < pattern.width(); j++) {
      if (!Float.isFinite(pattern.get(0, j))) {
        throw new IllegalArgumentException(
            "pattern must be finite, but feature %s was %s".formatted(j, pattern.get(0, j)));
      }
    }
  }

  @Override
  public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
    if (allowed.clean().width() != pattern.width()) {
      throw new IllegalArgumentException(
          "the pattern is for inputs of %s features, but these have %s"
              .formatted(pattern.width(), allowed.clean().width()));
    }
    float[] added = pattern.row(0);
    return allowed.project(
        allowed
            .clean()
            .editRows(
                (i, x) -> {
                  for (int j = 0; j < x.length; j++) {
                    x[j] += added[j];
                  }
                }));
  }

  @Override
  public String title() {
    return "Universal";
  }

  /** Origin and digest: a report or checkpoint of another pattern has another name. */
  @Override
  public String toString() {
    String digest = Examples.of(pattern, 0).digest();
    return "UniversalPattern[%s, %s]".formatted(origin, digest.substring(0, 16));
  }
}
