package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * Noise that every input has its own of: keyed bits of the input itself say which of the key's
 * carriers are added and which are subtracted.
 *
 * <p>In the spirit of Nguyen, Tran: <a href="https://arxiv.org/abs/2010.08138">Input-Aware Dynamic
 * Backdoor Attack</a>, NeurIPS 2020, and Li, Li, Wu, Li, He, Lyu: <a
 * href="https://arxiv.org/abs/2012.03816">Invisible Backdoor Attack with Sample-Specific
 * Triggers</a>, ICCV 2021. Built from them: the trigger depends on the input, its bits can be
 * recomputed from input and key alone, and a decoy carries the bits of a random other input (cross
 * triggers, label kept). Not built: their networks. There is no generator trained along with the
 * classifier, hence no diversity loss, and no encoder that hides a text; the bits are the signs of
 * random projections, the carriers are fixed random signs. That a trigger fails on other inputs is
 * left to the decoys.
 *
 * @param bits how many carriers; at least 1; {@code 2^bits} triggers exist
 * @param amplitude root of the mean square of the change, as a share of each feature's legal range,
 *     before clipping; in (0, 1]
 * @param key what projections and carriers are drawn from
 */
public record SampleSpecificTrigger(int bits, float amplitude, long key) implements DecoyTrigger {
  /** Checks the numbers. */
  public SampleSpecificTrigger {
    Check.atLeast(1, bits, "bits");
    Shares.requireShare(amplitude, "amplitude");
  }

  /** Sixteen bits at a tenth of the range. */
  public static SampleSpecificTrigger standard() {
    return new SampleSpecificTrigger(16, 0.1f, 0);
  }

  /** Same trigger with another number of carriers. */
  public SampleSpecificTrigger withBits(int newBits) {
    return new SampleSpecificTrigger(newBits, amplitude, key);
  }

  /** Same trigger, stronger or weaker. */
  public SampleSpecificTrigger withAmplitude(float newAmplitude) {
    return new SampleSpecificTrigger(bits, newAmplitude, key);
  }

  /** Same trigger of another key. */
  public SampleSpecificTrigger withKey(long newKey) {
    return new SampleSpecificTrigger(bits, amplitude, newKey);
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    float[][] projections = signs(0, shape.size());
    float[][] carriers = signs(1, shape.size());
    return (row, x) -> {
      boolean[] plus = new boolean[bits];
      for (int b = 0; b < bits; b++) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
          sum += projections[b][j] * (x[j] - domain.lower(j));
        }
        plus[b] = sum >= 0;
      }
      add(carriers, plus, x, domain);
    };
  }

  @Override
  public Batch.RowEdit decoyOnto(Batch clean, Shape shape, Domain domain, Seed seed) {
    float[][] carriers = signs(1, shape.size());
    return (row, x) -> {
      RandomGenerator random = seed.forExample(clean.example(row));
      boolean[] plus = new boolean[bits];
      for (int b = 0; b < bits; b++) {
        plus[b] = random.nextBoolean();
      }
      add(carriers, plus, x, domain);
    };
  }

  private void add(float[][] carriers, boolean[] plus, float[] x, Domain domain) {
    float each = (float) (amplitude / Math.sqrt(bits));
    for (int b = 0; b < bits; b++) {
      float signed = plus[b] ? each : -each;
      for (int j = 0; j < x.length; j++) {
        x[j] += signed * carriers[b][j] * (domain.upper(j) - domain.lower(j));
      }
    }
  }

  private float[][] signs(int stream, int features) {
    float[][] signs = new float[bits][features];
    for (int b = 0; b < bits; b++) {
      RandomGenerator random = Seed.of(key).derive(stream).forExample(b);
      for (int j = 0; j < features; j++) {
        signs[b][j] = random.nextBoolean() ? 1 : -1;
      }
    }
    return signs;
  }
}
