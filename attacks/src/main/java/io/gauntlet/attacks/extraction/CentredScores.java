package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;

/**
 * Logarithms of probabilities, less their mean over the classes: the logits of the victim up to one
 * number per input that no softmax keeps. So they are linear, or piecewise linear, in the input
 * where the logits are.
 */
final class CentredScores {
  private CentredScores() {}

  /** Shape [rows][classes]. */
  static double[][] of(Batch logProbabilities) {
    double[][] scores = new double[logProbabilities.rows()][logProbabilities.width()];
    for (int i = 0; i < scores.length; i++) {
      double mean = 0;
      for (int k = 0; k < scores[i].length; k++) {
        mean += logProbabilities.get(i, k) / (double) scores[i].length;
      }
      for (int k = 0; k < scores[i].length; k++) {
        scores[i][k] = logProbabilities.get(i, k) - mean;
      }
    }
    return scores;
  }
}
