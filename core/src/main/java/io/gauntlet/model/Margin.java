package io.gauntlet.model;

import java.util.Arrays;

/**
 * The margin by which an example is misclassified: best other logit minus the label's logit.
 *
 * <p>Follows Carlini, Wagner: <a href="https://arxiv.org/abs/1608.04644">Towards Evaluating the
 * Robustness of Neural Networks</a>, S&amp;P 2017, loss f6 without its cut at a confidence. Never
 * saturates; positive where another class wins, negative where the label does, zero on a tie. Where
 * several others are best, the first one carries the gradient.
 *
 * @param labels class of each example
 */
public record Margin(Labels labels) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    float[] losses = new float[logits.rows()];
    for (int i = 0; i < losses.length; i++) {
      int label = label(logits, i);
      losses[i] = logits.get(i, bestExcept(label, logits, i)) - logits.get(i, label);
    }
    return logits.withValues(1, losses);
  }

  @Override
  public Batch gradient(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          int label = label(logits, i);
          int rival = bestExcept(label, logits, i);
          Arrays.fill(z, 0);
          z[rival] = 1;
          z[label] = -1;
        });
  }

  private int label(Batch logits, int row) {
    Check.atLeast(2, logits.width(), "classes of a margin");
    return labels.classOf(logits.example(row), logits.width());
  }

  private static int bestExcept(int excluded, Batch logits, int row) {
    int best = excluded == 0 ? 1 : 0;
    for (int k = best + 1; k < logits.width(); k++) {
      if (k != excluded && logits.get(row, k) > logits.get(row, best)) {
        best = k;
      }
    }
    return best;
  }
}
