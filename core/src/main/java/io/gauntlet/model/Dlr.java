package io.gauntlet.model;

/**
 * Difference of logits ratio: the {@link Margin} divided by how far the logits spread, so that
 * neither shifting nor scaling the logits changes it.
 *
 * <p>Follows Croce, Hein: <a href="https://arxiv.org/abs/2003.01690">Reliable Evaluation of
 * Adversarial Robustness with an Ensemble of Diverse Parameter-free Attacks</a>, ICML 2020,
 * equations 6 and 7. With {@code z1 >= z2 >= z3 >= z4} the sorted logits:
 *
 * <ul>
 *   <li>untargeted: {@code -(z[y] - max other z) / (z1 - z3 + 1e-12)}; needs 3 classes;
 *   <li>towards a target: {@code -(z[y] - z[target]) / (z1 - (z3 + z4) / 2 + 1e-12)}; needs 4.
 * </ul>
 *
 * <p>Where the label itself is the third logit the untargeted loss is constantly 1 and its gradient
 * vanishes; the example is misclassified there already.
 *
 * @param labels class of each example
 * @param targets class to move each example to, or the labels themselves for the untargeted loss
 */
public record Dlr(Labels labels, Labels targets) implements LogitLoss {
  private static final double TINY = 1e-12;

  /** The untargeted loss. */
  public Dlr(Labels labels) {
    this(labels, labels);
  }

  @Override
  public Batch values(Batch logits) {
    float[] losses = new float[logits.rows()];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = (float) new Ratio(logits, i).value();
    }
    return logits.withValues(1, losses);
  }

  @Override
  public Batch gradient(Batch logits) {
    return logits.editRows((i, z) -> new Ratio(logits, i).byLogit(z));
  }

  /** The loss of one row: the difference of two logits over the spread of the largest ones. */
  private final class Ratio {
    private final int label;
    private final int rival;
    private final int[] top;
    private final double value;
    private final double spread;

    Ratio(Batch logits, int row) {
      label = labels.classOf(logits.example(row), logits.width());
      int target = targets.classOf(logits.example(row), logits.width());
      boolean untargeted = labels == targets;
      int needed = untargeted ? 3 : 4;
      if (logits.width() < needed) {
        throw new IllegalArgumentException(
            "the %s DLR loss needs at least %s classes, but the model has %s"
                .formatted(untargeted ? "untargeted" : "targeted", needed, logits.width()));
      }
      top = largest(needed, logits, row);
      rival = untargeted ? (top[0] == label ? top[1] : top[0]) : target;
      double third = logits.get(row, top[2]);
      double low = untargeted ? third : (third + logits.get(row, top[3])) / 2;
      spread = logits.get(row, top[0]) - low + TINY; // last, or large logits would swallow it
      value = ((double) logits.get(row, rival) - logits.get(row, label)) / spread;
    }

    double value() {
      return value;
    }

    void byLogit(float[] derivative) { // quotient rule
      double[] sum = new double[derivative.length];
      sum[rival] += 1;
      sum[label] -= 1;
      sum[top[0]] -= value;
      for (int k = 2; k < top.length; k++) {
        sum[top[k]] += value / (top.length - 2);
      }
      for (int k = 0; k < derivative.length; k++) {
        derivative[k] = (float) (sum[k] / spread);
      }
    }
  }

  /** Positions of the largest logits, largest first, the first position among equals. */
  private static int[] largest(int count, Batch logits, int row) {
    int[] top = new int[count];
    for (int filled = 0, k = 0; k < logits.width(); k++) {
      int place = filled;
      while (place > 0 && logits.get(row, k) > logits.get(row, top[place - 1])) {
        place--;
      }
      if (place < count) {
        System.arraycopy(top, place, top, place + 1, Math.min(filled, count - 1) - place);
        top[place] = k;
        filled = Math.min(filled + 1, count);
      }
    }
    return top;
  }
}
