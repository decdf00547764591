package io.gauntlet.djl;

import io.gauntlet.djl.Pass.Purpose;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Shape;

/** What enters the last layer of a model, in place of its logits. */
final class Features implements DifferentiableModel {
  private final DjlModel model;
  private final Network network;
  private final int units;

  Features(DjlModel model, Network network) {
    this.model = model;
    this.network = network;
    float[] legal = new float[inputShape().size()];
    for (int j = 0; j < legal.length; j++) {
      legal[j] = domain().clip(j, 0);
    }
    units = logits(Batch.of(legal)).width();
  }

  @Override
  public Shape inputShape() {
    return model.inputShape();
  }

  @Override
  public Domain domain() {
    return model.domain();
  }

  /** Units of the layer. */
  @Override
  public int classes() {
    return units;
  }

  @Override
  public Concurrency concurrency() {
    return model.concurrency();
  }

  @Override
  public String fingerprint() {
    return "features of " + model.fingerprint();
  }

  @Override
  public Batch logits(Batch inputs) {
    if (inputs.rows() == 0) {
      return new EmptyPass(inputs, units, inputShape().size()).logits();
    }
    try (Pass pass = model.with(network, inputs, Purpose.SCORES)) {
      return pass.logits();
    }
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return inputs.rows() == 0
        ? new EmptyPass(inputs, units, inputShape().size())
        : model.with(network, inputs, Purpose.INPUT_GRADIENT);
  }
}
