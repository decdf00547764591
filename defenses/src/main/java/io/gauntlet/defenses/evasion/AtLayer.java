package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;

/**
 * A detector that looks at a layer of a model in place of its inputs.
 *
 * @param layer answers what the detector looks at
 */
record AtLayer(DifferentiableModel layer, EvasionDetector detector) implements EvasionDetector {
  @Override
  public ForwardPass forward(Batch inputs) {
    ForwardPass features = layer.forward(inputs);
    try {
      return new Pass(features, detector.forward(inputs.answeredBy(features.logits())));
    } catch (RuntimeException e) {
      features.close();
      throw e;
    }
  }

  @Override
  public boolean isThreadSafe() {
    return detector.isThreadSafe();
  }

  @Override
  public String route() {
    return detector.route();
  }

  @Override
  public String toString() {
    return detector + " of features";
  }

  private record Pass(ForwardPass features, ForwardPass suspicion) implements ForwardPass {
    @Override
    public Batch logits() {
      return suspicion.logits();
    }

    @Override
    public Batch backward(Batch byScore) {
      return features.backward(suspicion.backward(byScore));
    }

    @Override
    public void close() {
      suspicion.close();
      features.close();
    }
  }
}
