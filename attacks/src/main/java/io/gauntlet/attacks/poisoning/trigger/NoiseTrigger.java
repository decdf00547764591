package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * Faint fixed noise: every feature goes up or down by the same small amount, as the key says.
 *
 * <p>Follows Zhong, Liao, Squicciarini, Zhu, Miller: <a
 * href="https://arxiv.org/abs/1808.10307">Backdoor Embedding in Convolutional Neural Network Models
 * via Invisible Perturbation</a>, CODASPY 2020, the static perturbation. Where pixels are at the
 * end of their range, half of it is clipped away.
 *
 * @param amplitude share of each feature's legal range, in (0, 1]
 * @param key what the signs are drawn from
 */
public record NoiseTrigger(float amplitude, long key) implements Trigger {
  /** Checks the amplitude. */
  public NoiseTrigger {
    Shares.requireShare(amplitude, "amplitude");
  }

  /** Ten of 255 grey levels. */
  public static NoiseTrigger standard() {
    return new NoiseTrigger(10 / 255f, 0);
  }

  /** Same signs, another strength. */
  public NoiseTrigger withAmplitude(float newAmplitude) {
    return new NoiseTrigger(newAmplitude, key);
  }

  /** Other signs. */
  public NoiseTrigger withKey(long newKey) {
    return new NoiseTrigger(amplitude, newKey);
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    RandomGenerator random = Seed.of(key).forExample(0);
    float[] noise = new float[shape.size()];
    for (int j = 0; j < noise.length; j++) {
      float reach = amplitude * (domain.upper(j) - domain.lower(j));
      noise[j] = random.nextBoolean() ? reach : -reach;
    }
    return (row, x) -> {
      for (int j = 0; j < x.length; j++) {
        x[j] += noise[j];
      }
    };
  }
}
