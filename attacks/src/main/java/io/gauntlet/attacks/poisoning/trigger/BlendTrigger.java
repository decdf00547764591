package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;

/**
 * A pattern over the whole image, half transparent: {@code (1 - alpha) x + alpha pattern}.
 *
 * <p>Follows Chen, Liu, Li, Lu, Song: <a href="https://arxiv.org/abs/1712.05526">Targeted Backdoor
 * Attacks on Deep Learning Systems Using Data Poisoning</a>, 2017 (blended injection).
 *
 * @param pattern what is mixed in
 * @param alpha its share, in (0, 1]
 */
public record BlendTrigger(Pattern pattern, float alpha) implements Trigger {
  /** Checks the share. */
  public BlendTrigger {
    Shares.requireShare(alpha, "alpha");
  }

  /** The paper's random pattern at its share of a fifth. */
  public static BlendTrigger standard() {
    return new BlendTrigger(new Pattern.Random(0), 0.2f);
  }

  /** Same blend of another pattern. */
  public BlendTrigger withPattern(Pattern newPattern) {
    return new BlendTrigger(newPattern, alpha);
  }

  /** Same pattern at another share. */
  public BlendTrigger withAlpha(float newAlpha) {
    return new BlendTrigger(pattern, newAlpha);
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    float[] mixedIn = pattern.values(shape, domain);
    return (row, x) -> {
      for (int j = 0; j < x.length; j++) {
        x[j] = (1 - alpha) * x[j] + alpha * mixedIn[j];
      }
    };
  }
}
