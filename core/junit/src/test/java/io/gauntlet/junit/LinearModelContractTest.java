package io.gauntlet.junit;

import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;

class LinearModelContractTest extends ModelContract {
  private static final Mlp LINEAR =
      Mlp.linear(
          Domain.of(-1, 2),
          new float[][] {{1, -2, 0.5f}, {0.25f, 3, -1}, {0, 0, 2}},
          new float[] {0.5f, -0.5f, 0});

  @Override
  protected DifferentiableModel model() {
    return LINEAR;
  }
}
