package io.gauntlet.examples;

import io.gauntlet.defenses.certify.smoothing.Noise;
import io.gauntlet.defenses.certify.smoothing.SoftSmoothedModel;
import io.gauntlet.junit.ModelContract;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;

class SoftSmoothedModelContractTest extends ModelContract {
  private static final Mlp LINEAR =
      Mlp.linear(
          Domain.of(-1, 2),
          new float[][] {{1, -2, 0.5f}, {0.25f, 3, -1}, {0, 0, 2}},
          new float[] {0.5f, -0.5f, 0});

  @Override
  protected DifferentiableModel model() {
    return SoftSmoothedModel.of(LINEAR, new Noise.Gaussian(0.5f), 25, Seed.of(1));
  }
}
