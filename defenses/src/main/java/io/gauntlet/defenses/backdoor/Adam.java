package io.gauntlet.defenses.backdoor;

/**
 * Adam for the variables of a trigger, with the decay rates of the authors of Neural Cleanse.
 *
 * <p>Follows Kingma, Ba: <a href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic
 * Optimization</a>, ICLR 2015.
 */
final class Adam {
  private static final float BETA1 = 0.5f;
  private static final float BETA2 = 0.9f;
  private static final float EPSILON = 1e-7f;

  private final float learningRate;
  private final float[] mean;
  private final float[] square;
  private int steps;

  Adam(float learningRate, int variables) {
    this.learningRate = learningRate;
    mean = new float[variables];
    square = new float[variables];
  }

  void descend(float[] variables, float[] slope) {
    steps++;
    double rate =
        learningRate * Math.sqrt(1 - Math.pow(BETA2, steps)) / (1 - Math.pow(BETA1, steps));
    for (int j = 0; j < variables.length; j++) {
      mean[j] = BETA1 * mean[j] + (1 - BETA1) * slope[j];
      square[j] = BETA2 * square[j] + (1 - BETA2) * slope[j] * slope[j];
      variables[j] -= (float) (rate * mean[j] / (Math.sqrt(square[j]) + EPSILON));
    }
  }
}
