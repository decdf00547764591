package io.gauntlet.http;

import io.gauntlet.junit.ModelContract;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Shape;
import org.junit.jupiter.api.AfterEach;

/**
 * The contract asks for gradients, which no server gives: those here are the served network's own,
 * so that the slope of the scores that come over the wire must be the network's.
 */
class HttpModelContractTest extends ModelContract {
  private final InferenceServer server = InferenceServer.of(Nets.NET);
  private final HttpModel remote =
      HttpModel.of(server.endpoint(), HttpOptions.standard().withBatch(4));

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected DifferentiableModel model() {
    return new DifferentiableModel() {
      @Override
      public Shape inputShape() {
        return remote.inputShape();
      }

      @Override
      public Domain domain() {
        return remote.domain();
      }

      @Override
      public int classes() {
        return remote.classes();
      }

      @Override
      public Concurrency concurrency() {
        return remote.concurrency();
      }

      @Override
      public Batch logits(Batch inputs) {
        return remote.logits(inputs);
      }

      @Override
      public ForwardPass forward(Batch inputs) {
        return Nets.NET.forward(inputs);
      }
    };
  }

  @Override
  protected double step() {
    return 1e-3; // fewer kinks of ReLU between the two ends
  }
}
