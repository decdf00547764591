package io.gauntlet.onnx;

import io.gauntlet.junit.ModelContract;
import io.gauntlet.model.DifferentiableModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

class ModelContractTest {
  abstract static class OfNetwork extends ModelContract {
    private final OnnxModel model;

    OfNetwork(String network) {
      model = OnnxModel.open(Fixtures.network(network));
    }

    @AfterEach
    void close() {
      model.close();
    }

    @Override
    protected DifferentiableModel model() {
      return model;
    }
  }

  @Nested
  class OfAVisionTransformer extends OfNetwork {
    OfAVisionTransformer() {
      super("vision");
    }
  }

  @Nested
  class OfOneWithAFixedBatch extends OfNetwork {
    OfOneWithAFixedBatch() {
      super("vision_of_one");
    }
  }

  @Nested
  class OfATextTransformer extends OfNetwork {
    OfATextTransformer() {
      super("text");
    }
  }

  @Nested
  class OfAResidualNetwork extends OfNetwork {
    OfAResidualNetwork() {
      super("residual");
    }
  }

  @Nested
  class OfOneInputAtATime extends OfNetwork {
    OfOneInputAtATime() {
      super("sequence_first");
    }
  }

  @Nested
  class OfAPipeline extends OfNetwork {
    OfAPipeline() {
      super("logistic");
    }
  }
}
