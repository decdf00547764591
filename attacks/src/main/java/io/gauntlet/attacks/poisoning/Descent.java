package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.function.Function;

/**
 * How a poison is crafted inside a ball: projected steepest descent whose steps shrink linearly to
 * zero, of which the best iterate is kept.
 *
 * @param steps at least 1
 * @param travel length of the whole path in radii; finite, positive
 */
public record Descent(int steps, float travel) {
  /** Checks the numbers. */
  public Descent {
    Check.atLeast(1, steps, "steps");
    Check.positive(travel, "travel");
  }

  /** Refuses a ball without an edge, in which a poison would not look like its base. */
  static void requireBounded(ThreatModel threat) {
    if (!threat.isBounded()) {
      throw new IllegalArgumentException("a poison needs a bounded threat, but had " + threat);
    }
  }

  /** What a poison is to make small. */
  interface Aim {
    Slope at(Batch poison);
  }

  /**
   * An aim at one poison.
   *
   * @param value of the whole poison together
   * @param byInput its derivative, shape as the poison's
   */
  record Slope(double value, Batch byInput) {
    /** The mean of several aims, such as one for each of several networks. */
    static <T> Slope mean(List<T> aims, Function<T, Slope> at) {
      Slope first = at.apply(aims.get(0));
      double value = first.value();
      Batch byInput = first.byInput();
      for (T aim : aims.subList(1, aims.size())) {
        Slope slope = at.apply(aim);
        value += slope.value();
        byInput = byInput.plus(slope.byInput());
      }
      return new Slope(value / aims.size(), byInput.times(1f / aims.size()));
    }
  }

  /**
   * The best of a path.
   *
   * @param inputs shape (rows, features)
   * @param value the aim there
   */
  record Found(Batch inputs, double value) {}

  Found from(Batch start, Neighbourhood ball, Aim aim) {
    Batch x = ball.project(start);
    Found best = new Found(x, Double.POSITIVE_INFINITY);
    for (int step = 0; step <= steps; step++) {
      Slope slope = aim.at(x);
      if (slope.value() < best.value()) {
        best = new Found(x, slope.value());
      }
      if (step < steps) {
        float length = 2 * travel / steps * (1 - (step + 0.5f) / steps) * ball.radius();
        x = ball.ascended(x, slope.byInput().times(-1), length);
      }
    }
    return best;
  }
}
