package io.gauntlet.junit;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** Networks with weights drawn once. */
final class Nets {
  private Nets() {}

  static Mlp twoLayers() {
    RandomGenerator random = Seed.of(11).forExample(0);
    return Mlp.of(Shape.of(4), Domain.of(-1, 1), List.of(layer(6, 4, random), layer(3, 6, random)));
  }

  private static Mlp.Dense layer(int outputs, int inputs, RandomGenerator random) {
    float[][] weights = new float[outputs][inputs];
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        weights[o][i] = (float) random.nextGaussian();
      }
      bias[o] = (float) random.nextGaussian();
    }
    return Mlp.Dense.of(weights, bias);
  }
}
