package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;

/**
 * Cross-entropy against labels that leave a share of the probability to all classes alike, to train
 * on with {@link io.gauntlet.train.Fit}.
 *
 * <p>Follows Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: <a
 * href="https://arxiv.org/abs/1512.00567">Rethinking the Inception Architecture for Computer
 * Vision</a>, CVPR 2016, section 7.
 *
 * <p>It calibrates and regularises. As a defense it mostly bends the loss surface where gradient
 * attacks look: Mosbach, Andriushchenko, Trost, Hein, Klakow: <a
 * href="https://arxiv.org/abs/1810.12042">Logit Pairing Methods Can Fool Gradient-Based
 * Attacks</a>, 2018, break its relatives with more steps and restarts.
 *
 * @param labels class of each example
 * @param smoothing share that is spread over all classes, the label's own among them; the paper's
 *     is 0.1; at least 0, below 1
 */
public record LabelSmoothing(Labels labels, float smoothing) implements LogitLoss {
  /** Checks the share. */
  public LabelSmoothing {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "smoothing must be at least 0 and below 1, but was " + smoothing);
    }
  }

  /**
   * {@code log sum exp(z) - (1 - s) z[y] - s mean(z)}: what {@code s} adds to the cross-entropy.
   */
  @Override
  public Batch values(Batch logits) {
    return new CrossEntropy(labels)
        .values(logits)
        .editRows(
            (i, loss) -> {
              double mean = 0;
              for (int k = 0; k < logits.width(); k++) {
                mean += (double) logits.get(i, k) / logits.width();
              }
              loss[0] += (float) (smoothing * (logits.get(i, label(logits, i)) - mean));
            });
  }

  @Override
  public Batch gradient(Batch logits) {
    return new CrossEntropy(labels)
        .gradient(logits)
        .editRows(
            (i, slopes) -> {
              slopes[label(logits, i)] += smoothing;
              for (int k = 0; k < slopes.length; k++) {
                slopes[k] -= smoothing / slopes.length;
              }
            });
  }

  private int label(Batch logits, int row) {
    return labels.classOf(logits.example(row));
  }
}
