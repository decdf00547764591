package io.gauntlet.attacks.minimum;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;

/**
 * The inputs of each example written as the tanh of free variables, so that no step leaves the
 * domain.
 *
 * <p>The domain fills only a part of the range of the tanh, and the variables stop at its ends.
 * Features at a bound still have a fifth of the slope in the middle, and move at once: where the
 * domain fills the range but for a millionth, they need hundreds of steps to come loose.
 */
final class TanhBox {
  private static final double FILLED = 0.9;
  private static final float EDGE = (float) atanh(FILLED);

  private final float[] low;
  private final float[] high;
  private final float[] middle;
  private final float[] reach;
  private final float[][] variables;
  private final float[][] slopes;

  /** Starts at the clean inputs. */
  TanhBox(Domain domain, Batch clean) {
    int width = clean.width();
    low = new float[width];
    high = new float[width];
    middle = new float[width];
    reach = new float[width];
    for (int j = 0; j < width; j++) {
      low[j] = domain.lower(j);
      high[j] = domain.upper(j);
      middle[j] = low[j] / 2 + high[j] / 2;
      reach[j] = (float) ((high[j] / 2 - low[j] / 2) / FILLED);
    }
    variables = new float[clean.rows()][width];
    slopes = new float[clean.rows()][width];
    for (int i = 0; i < variables.length; i++) {
      for (int j = 0; j < width; j++) {
        double t = ((double) clean.get(i, j) - middle[j]) / reach[j];
        variables[i][j] = (float) atanh(t);
        slopes[i][j] = (float) (reach[j] * (1 - t * t));
      }
    }
  }

  private static double atanh(double t) {
    return Math.log((1 + t) / (1 - t)) / 2;
  }

  /** Turns the gradient by the inputs of one example into that by its variables. */
  void chain(int example, float[] gradient) {
    float[] slope = slopes[example];
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] *= slope[j];
    }
  }

  /** Moves the variables of one example by a step, which turns into the inputs it leads to. */
  void move(int example, float[] step) {
    float[] w = variables[example];
    float[] slope = slopes[example];
    for (int j = 0; j < step.length; j++) { // four loops vectorise, one with all of it does not
      w[j] = Math.min(EDGE, Math.max(-EDGE, w[j] + step[j]));
    }
    for (int j = 0; j < step.length; j++) {
      step[j] = tanh(w[j]);
    }
    for (int j = 0; j < step.length; j++) {
      slope[j] = reach[j] * (1 - step[j] * step[j]);
    }
    for (int j = 0; j < step.length; j++) {
      step[j] = Math.min(high[j], Math.max(low[j], middle[j] + reach[j] * step[j]));
    }
  }

  /** To float precision up to the edge: a rational minimax fit, as Math.tanh is slow. */
  private static float tanh(float w) {
    float s = w * w;
    float p = 1 + s * (0.11025713f + s * 0.001004131f);
    float q = 1 + s * (0.4435903f + s * 0.015534929f);
    return w * p / q;
  }
}
