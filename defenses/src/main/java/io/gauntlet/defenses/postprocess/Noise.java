package io.gauntlet.defenses.postprocess;

import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * Adds noise to every probability, clips at 0 and scales back to a sum of one.
 *
 * <p>Follows Tramèr, Zhang, Juels, Reiter, Ristenpart: <a
 * href="https://arxiv.org/abs/1609.02943">Stealing Machine Learning Models via Prediction APIs</a>,
 * USENIX Security 2016, who name it as a countermeasure. Differs in two ways: the class may be
 * kept, by swapping the two values where noise has put another one on top; and the noise can belong
 * to the input.
 *
 * <p><b>An adaptive thief</b> asks n times and averages where the noise is fresh: the error falls
 * with the square root of n. Where it belongs to the input, asking again gives nothing, but he asks
 * for inputs nearby, on which the model hardly differs and the noise does; a {@link
 * Freshness.PerInput#grid} makes him step further, and {@code NearDuplicates} notices it. And many
 * different inputs average, too: training a copy is a regression, which unbiased noise slows and
 * does not stop.
 *
 * @param distribution shape of the noise
 * @param scale standard deviation of the Gaussian, or the parameter b of the Laplace distribution,
 *     in probability; finite, positive
 * @param freshness when it is drawn anew
 * @param argmax whether the class may change
 * @param key secret that it is drawn from
 */
public record Noise(
    Distribution distribution, float scale, Freshness freshness, Argmax argmax, NoiseKey key)
    implements OutputGuard {
  /** Shapes of noise. */
  public enum Distribution {
    /** Normal. */
    GAUSSIAN {
      @Override
      double draw(RandomGenerator random) {
        return random.nextGaussian();
      }
    },
    /** Two-sided exponential. */
    LAPLACE {
      @Override
      double draw(RandomGenerator random) {
        double up = random.nextExponential();
        return up - random.nextExponential();
      }
    };

    abstract double draw(RandomGenerator random);
  }

  /** Checks the scale. */
  public Noise {
    Check.positive(scale, "scale");
  }

  /** Gaussian noise that belongs to the input and keeps the class. */
  public static Noise gaussian(float scale, NoiseKey key) {
    return new Noise(Distribution.GAUSSIAN, scale, Freshness.perInput(), Argmax.KEPT, key);
  }

  /** Laplace noise that belongs to the input and keeps the class. */
  public static Noise laplace(float scale, NoiseKey key) {
    return new Noise(Distribution.LAPLACE, scale, Freshness.perInput(), Argmax.KEPT, key);
  }

  /** Same noise, drawn anew at other times. */
  public Noise withFreshness(Freshness newFreshness) {
    return new Noise(distribution, scale, newFreshness, argmax, key);
  }

  /** Same noise, which may or may not change the class. */
  public Noise withArgmax(Argmax newArgmax) {
    return new Noise(distribution, scale, freshness, newArgmax, key);
  }

  @Override
  public Batch apply(Query query, Batch probabilities) {
    return probabilities.editRows(
        (i, p) -> {
          int chosen = probabilities.argmax(i);
          RandomGenerator random = seed(query, i).forExample(0);
          for (int k = 0; k < p.length; k++) {
            p[k] += (float) (scale * distribution.draw(random));
          }
          if (argmax == Argmax.KEPT) {
            Rows.putOnTop(p, chosen);
          }
          Rows.toSimplex(p);
        });
  }

  private Seed seed(Query query, int row) {
    return freshness instanceof Freshness.PerInput perInput
        ? key.ofInput(query.inputs().row(row), perInput.grid())
        : key.fresh(query.at());
  }
}
