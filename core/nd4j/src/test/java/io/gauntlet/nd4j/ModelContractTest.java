package io.gauntlet.nd4j;

import io.gauntlet.junit.ModelContract;
import io.gauntlet.model.DifferentiableModel;
import org.junit.jupiter.api.Nested;
import org.nd4j.linalg.api.buffer.DataType;

class ModelContractTest {
  abstract static class Smooth extends ModelContract {
    private final DifferentiableModel model;

    Smooth(DifferentiableModel model) {
      this.model = model;
    }

    @Override
    protected DifferentiableModel model() {
      return model;
    }

    @Override
    protected double gradientTolerance() {
      return 2e-3; // no kinks here; what remains is float32 over a step of 1e-2
    }
  }

  @Nested
  class OfASameDiffGraph extends Smooth {
    OfASameDiffGraph() {
      super(SameDiffModel.of(Fixtures.smoothSameDiff(), "input", "logits", Fixtures.IMAGES));
    }
  }

  @Nested
  class OfAMultiLayerNetwork extends Smooth {
    OfAMultiLayerNetwork() {
      super(NetworkModel.of(Fixtures.smoothStack(DataType.FLOAT), Fixtures.IMAGES));
    }
  }

  @Nested
  class OfADoubleNetwork extends Smooth {
    OfADoubleNetwork() {
      super(NetworkModel.of(Fixtures.smoothStack(DataType.DOUBLE), Fixtures.IMAGES));
    }
  }

  @Nested
  class OfAComputationGraph extends Smooth {
    OfAComputationGraph() {
      super(NetworkModel.of(Fixtures.smoothGraph(), Fixtures.IMAGES));
    }
  }
}
