package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;

/** Probability that a triggered input scores higher than a clean one, ties counted half. */
final class Auroc {
  private Auroc() {}

  static double of(Batch triggered, Batch clean) {
    double wins = 0;
    for (int i = 0; i < triggered.rows(); i++) {
      for (int j = 0; j < clean.rows(); j++) {
        float margin = triggered.get(i, 0) - clean.get(j, 0);
        wins += margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
      }
    }
    return wins / triggered.rows() / clean.rows();
  }
}
