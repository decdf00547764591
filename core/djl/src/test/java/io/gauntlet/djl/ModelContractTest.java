package io.gauntlet.djl;

import io.gauntlet.junit.ModelContract;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

class ModelContractTest {
  abstract static class Smooth extends ModelContract {
    private final DjlModel model;

    Smooth(DjlModel model) {
      this.model = model;
    }

    @AfterEach
    void close() {
      model.close();
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
  class OfLayers extends Smooth {
    OfLayers() {
      super(Fixtures.trained(DjlOptions.of(Fixtures.IMAGE)));
    }
  }

  @Nested
  class OfNormalisedLayers extends Smooth {
    OfNormalisedLayers() {
      super(
          Fixtures.trained(
              DjlOptions.of(Shape.of(2, 6, 6))
                  .withDomain(Domain.of(0, 2))
                  .withNormalisation(
                      Normalisation.perChannel(List.of(0.5f, 1.5f), List.of(0.5f, 2f)))));
    }
  }

  @Nested
  class OfAScriptedFile extends Smooth {
    OfAScriptedFile() {
      super(DjlModel.torchScript(Fixtures.file("scripted.pt"), Fixtures.IMAGE));
    }
  }

  @Nested
  class OfATracedFile extends Smooth {
    OfATracedFile() {
      super(DjlModel.torchScript(Fixtures.file("traced.pt"), Fixtures.IMAGE));
    }
  }
}
