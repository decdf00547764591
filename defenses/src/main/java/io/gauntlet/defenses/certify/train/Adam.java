package io.gauntlet.defenses.certify.train;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Adam with the decay rates of its paper, and what it remembers. */
final class Adam {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final double EPSILON = 1e-8;

  private final float[] mean;
  private final float[] square;
  private float learningRate;
  private int steps;

  Adam(int parameters, float learningRate) {
    mean = new float[parameters];
    square = new float[parameters];
    this.learningRate = learningRate;
  }

  float learningRate() {
    return learningRate;
  }

  void setLearningRate(float newLearningRate) {
    learningRate = newLearningRate;
  }

  /** The parameters one step further down. */
  float[] next(float[] parameters, float[] slope) {
    steps++;
    double meanWhole = 1 - Math.pow(BETA1, steps);
    double squareWhole = 1 - Math.pow(BETA2, steps);
    float[] next = parameters.clone();
    for (int p = 0; p < next.length; p++) {
      mean[p] = BETA1 * mean[p] + (1 - BETA1) * slope[p];
      square[p] = BETA2 * square[p] + (1 - BETA2) * slope[p] * slope[p];
      double size = Math.sqrt(square[p] / squareWhole) + EPSILON;
      next[p] -= (float) (learningRate * (mean[p] / meanWhole) / size);
    }
    return next;
  }

  void become(Adam other) {
    System.arraycopy(other.mean, 0, mean, 0, mean.length);
    System.arraycopy(other.square, 0, square, 0, square.length);
    learningRate = other.learningRate;
    steps = other.steps;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeFloat(learningRate);
    out.writeInt(steps);
    for (int p = 0; p < mean.length; p++) {
      out.writeFloat(mean[p]);
      out.writeFloat(square[p]);
    }
  }

  static Adam read(DataInputStream in, int parameters) throws IOException {
    Adam adam = new Adam(parameters, in.readFloat());
    adam.steps = in.readInt();
    for (int p = 0; p < parameters; p++) {
      adam.mean[p] = in.readFloat();
      adam.square[p] = in.readFloat();
    }
    return adam;
  }
}
