package io.gauntlet.defenses.train;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;

/** Learns one score for each class, whatever the input: the logarithms of how often it occurs. */
final class Odds implements TrainableModel {
  /** Three of class 0 for one of class 1. */
  static final Examples THREE_TO_ONE =
      Examples.of(Batch.of(new float[4][1]), new int[] {0, 0, 0, 1});

  private final float rate;
  private final float[] scores;

  Odds(int classes, float rate) {
    this.rate = rate;
    scores = new float[classes];
  }

  /** By how much class 0 scores higher than class 1. */
  float gap() {
    return scores[0] - scores[1];
  }

  private Mlp now() {
    return Mlp.linear(domain(), new float[scores.length][1], scores);
  }

  @Override
  public Shape inputShape() {
    return Shape.of(1);
  }

  @Override
  public Domain domain() {
    return Domain.UNIT;
  }

  @Override
  public int classes() {
    return scores.length;
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
    double mean = 0;
    for (int i = 0; i < inputs.rows(); i++) {
      mean += losses.get(i, 0) / inputs.rows();
      for (int k = 0; k < scores.length; k++) {
        scores[k] -= rate * slopes.get(i, k) / inputs.rows();
      }
    }
    return mean;
  }
}
