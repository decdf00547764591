package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;

/** Softmax regression that learns by plain gradient descent. */
final class Softmax implements TrainableModel {
  private static final float RATE = 0.5f;

  private final float[][] weights;
  private final float[] bias;

  Softmax(int features, int classes) {
    weights = new float[classes][features];
    bias = new float[classes];
  }

  private Mlp now() {
    return Mlp.linear(domain(), weights, bias);
  }

  @Override
  public Shape inputShape() {
    return Shape.of(weights[0].length);
  }

  @Override
  public Domain domain() {
    return Domain.of(-100, 100);
  }

  @Override
  public int classes() {
    return bias.length;
  }

  @Override
  public Batch logits(Batch inputs) {
    return now().logits(inputs);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return now().forward(inputs);
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    Batch logits = logits(inputs);
    Batch slopes = loss.gradient(logits);
    Batch losses = loss.values(logits);
    double sum = 0;
    for (int i = 0; i < inputs.rows(); i++) {
      sum += losses.get(i, 0);
      for (int k = 0; k < bias.length; k++) {
        float step = RATE * slopes.get(i, k) / inputs.rows();
        bias[k] -= step;
        for (int j = 0; j < inputs.width(); j++) {
          weights[k][j] -= step * inputs.get(i, j);
        }
      }
    }
    return sum / inputs.rows();
  }
}
