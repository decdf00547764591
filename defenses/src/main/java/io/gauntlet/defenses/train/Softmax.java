package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;

/** The probabilities that the logits of one answer stand for. */
final class Softmax {
  private static final int NONE = -1;

  private final double[] logs;

  private Softmax(double[] logs) {
    this.logs = logs;
  }

  static Softmax of(double... logits) {
    double normaliser = logSumExp(logits, NONE);
    double[] logs = new double[logits.length];
    for (int k = 0; k < logs.length; k++) {
      logs[k] = logits[k] - normaliser;
    }
    return new Softmax(logs);
  }

  static Softmax ofRow(Batch logits, int row) {
    double[] values = new double[logits.width()];
    for (int k = 0; k < values.length; k++) {
      values[k] = logits.get(row, k);
    }
    return of(values);
  }

  private static double logSumExp(double[] values, int leftOut) {
    double most = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < values.length; k++) {
      most = k == leftOut ? most : Math.max(most, values[k]);
    }
    double sum = 0;
    for (int k = 0; k < values.length; k++) {
      sum += k == leftOut ? 0 : Math.exp(values[k] - most);
    }
    return most + Math.log(sum);
  }

  int classes() {
    return logs.length;
  }

  double of(int k) {
    return Math.exp(logs[k]);
  }

  double log(int k) {
    return logs[k];
  }

  /** Logarithm of {@code 1 - of(k)}, which keeps its digits where that is close to 0. */
  double logAllBut(int k) {
    return logSumExp(logs, k);
  }

  /** The most probable class but this one. */
  int rivalOf(int label) {
    int best = label == 0 ? 1 : 0;
    for (int k = 0; k < logs.length; k++) {
      best = k != label && logs[k] > logs[best] ? k : best;
    }
    return best;
  }

  /** Derivative of the cross-entropy {@code -log(label)} by logit k. */
  double crossEntropyBy(int k, int label) {
    return k == label ? -Math.exp(logAllBut(label)) : of(k);
  }

  /** Kullback-Leibler divergence of this from {@code other}, {@code KL(this || other)}. */
  double divergence(Softmax other) {
    double sum = 0;
    for (int k = 0; k < logs.length; k++) {
      sum += of(k) * (logs[k] - other.logs[k]);
    }
    return sum;
  }

  /** Derivative of {@code divergence(other)} by this one's logit k, given its value. */
  double divergenceBy(int k, Softmax other, double divergence) {
    return of(k) * (logs[k] - other.logs[k] - divergence);
  }

  /** Derivative of {@code divergence(other)} by the other one's logit k. */
  double divergenceByOther(int k, Softmax other) {
    return other.of(k) - of(k);
  }
}
