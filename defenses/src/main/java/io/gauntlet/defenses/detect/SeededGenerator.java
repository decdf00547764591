package io.gauntlet.defenses.detect;

import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.random.AbstractRandomGenerator;

/** Our random numbers for commons-math3, which knows generators of its own only. */
final class SeededGenerator extends AbstractRandomGenerator {
  private RandomGenerator random;

  SeededGenerator(Seed seed) {
    random = seed.forExample(0);
  }

  @Override
  public void setSeed(long seed) {
    random = Seed.of(seed).forExample(0);
    clear();
  }

  @Override
  public double nextDouble() {
    return random.nextDouble();
  }
}
