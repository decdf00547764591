package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/** Random images, and products of them. */
final class Noise {
  private Noise() {}

  static Batch images(int rows, int width, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    return Batch.wrap(width, new float[rows * width])
        .editRows(
            (row, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = random.nextFloat();
              }
            });
  }

  static double dot(Batch a, Batch b, int row) {
    double sum = 0;
    for (int j = 0; j < a.width(); j++) {
      sum += (double) a.get(row, j) * b.get(row, j);
    }
    return sum;
  }
}
