package io.gauntlet.http;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** A network with weights drawn once, for servers to serve. */
final class Nets {
  static final Mlp NET =
      Mlp.of(Shape.of(1, 2, 3), Domain.UNIT, List.of(layer(8, 6, 1), layer(3, 8, 2)));

  private Nets() {}

  private static Mlp.Dense layer(int outputs, int inputs, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[][] weights = new float[outputs][inputs];
    for (float[] row : weights) {
      for (int i = 0; i < inputs; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      bias[o] = (float) random.nextGaussian();
    }
    return Mlp.Dense.of(weights, bias);
  }
}
