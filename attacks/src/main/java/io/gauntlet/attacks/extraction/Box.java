package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import java.util.random.RandomGenerator;

/** The legal inputs of a victim, as a place to look for questions in. */
record Box(Domain domain, int features) {
  static Box of(Oracle oracle) {
    return new Box(oracle.domain(), oracle.inputShape().size());
  }

  double width(int feature) {
    return (double) domain.upper(feature) - domain.lower(feature);
  }

  /** Where an input lies between the ends of every feature, from 0 to 1. */
  double[] scaled(float[] x) {
    double[] scaled = new double[features];
    for (int j = 0; j < features; j++) {
      scaled[j] = ((double) x[j] - domain.lower(j)) / width(j);
    }
    return scaled;
  }

  float[] centre() {
    float[] x = new float[features];
    for (int j = 0; j < features; j++) {
      x[j] = domain.clip(j, (float) (domain.lower(j) + width(j) / 2));
    }
    return x;
  }

  /** An input in which every value is as likely as any other. */
  float[] uniform(RandomGenerator random) {
    float[] x = new float[features];
    for (int j = 0; j < features; j++) {
      x[j] = domain.clip(j, (float) (domain.lower(j) + random.nextDouble() * width(j)));
    }
    return x;
  }

  /**
   * An input far from the centre, as real ones are: half of its features, more or less, lie at
   * their ends, and how many at the upper one differs from draw to draw.
   */
  float[] outlying(RandomGenerator random) {
    float[] x = uniform(random);
    double upper = random.nextDouble();
    for (int j = 0; j < features; j++) {
      if (random.nextBoolean()) {
        x[j] = random.nextDouble() < upper ? domain.upper(j) : domain.lower(j);
      }
    }
    return x;
  }

  /** Uniform and outlying inputs by turns. */
  Batch sample(int count, RandomGenerator random) {
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = i % 2 == 0 ? uniform(random) : outlying(random);
    }
    return Batch.wrap(features, new float[count * features]).editRows((i, x) -> copy(rows[i], x));
  }

  private static void copy(float[] from, float[] into) {
    System.arraycopy(from, 0, into, 0, into.length);
  }
}
