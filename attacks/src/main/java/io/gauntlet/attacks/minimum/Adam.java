package io.gauntlet.attacks.minimum;

/**
 * Adam with a state for each example, all of which have made the same number of steps: the mean of
 * the gradients over the root of their mean square (Kingma, Ba: <a
 * href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic Optimization</a>, ICLR
 * 2015).
 */
final class Adam {
  private static final float KEEP_MEAN = 0.9f;
  private static final float KEEP_SQUARE = 0.999f;
  private static final float FLOOR = 1e-8f;

  private final float[][] mean;
  private final float[][] square;
  private int steps;
  private float meanShare;
  private float rootShare;

  Adam(int examples, int width) {
    mean = new float[examples][width];
    square = new float[examples][width];
  }

  /** Begins the next step of every example. */
  void next() {
    steps++;
    meanShare = (float) (1 / (1 - Math.pow(KEEP_MEAN, steps)));
    rootShare = (float) (1 / Math.sqrt(1 - Math.pow(KEEP_SQUARE, steps)));
  }

  /** Turns the gradient of one example into the step that goes down it. */
  void descend(int example, float[] gradient, float learningRate) {
    float[] m = mean[example];
    float[] v = square[example];
    float rate = -learningRate * meanShare;
    for (int j = 0; j < gradient.length; j++) { // auto-vectorises
      float g = gradient[j];
      m[j] = KEEP_MEAN * m[j] + (1 - KEEP_MEAN) * g;
      v[j] = KEEP_SQUARE * v[j] + (1 - KEEP_SQUARE) * g * g;
      gradient[j] = rate * m[j] / (rootShare * (float) Math.sqrt(v[j]) + FLOOR);
    }
  }

  /** How far each feature of one example goes down for each unit of its mean gradient. */
  void rates(int example, float learningRate, float[] into) {
    float[] v = square[example];
    for (int j = 0; j < into.length; j++) { // auto-vectorises
      into[j] = learningRate / (rootShare * (float) Math.sqrt(v[j]) + FLOOR);
    }
  }
}
