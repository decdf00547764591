package io.gauntlet.junit;

import io.gauntlet.model.DifferentiableModel;

class TwoLayerModelContractTest extends ModelContract {
  @Override
  protected DifferentiableModel model() {
    return Nets.twoLayers();
  }

  @Override
  protected double step() {
    return 1e-3; // fewer kinks of ReLU between the two ends
  }
}
