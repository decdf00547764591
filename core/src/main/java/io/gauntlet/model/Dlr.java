package io.gauntlet.model;

import java.util.Arrays;

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
    return logits.editRows(
        (i, z) -> {
          double[] byLogit = new Ratio(logits, i).byLogit();
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) byLogit[k];
          }
        });
  }

  /** The loss of one row as a ratio of two linear functions of its logits. */
  private final class Ratio {
    private final double[] numerator;
    private final double[] denominator;
    private final double value;
    private final double spread;

    Ratio(Batch logits, int row) {
      int label = labels.classOf(logits.example(row), logits.width());
      int target = targets.classOf(logits.example(row), logits.width());
      int[] order = descending(logits, row);
      boolean untargeted = labels == targets;
      int needed = untargeted ? 3 : 4;
      if (order.length < needed) {
        throw new IllegalArgumentException(
            "the %s DLR loss needs at least %s classes, but the model has %s"
                .formatted(untargeted ? "untargeted" : "targeted", needed, order.length));
      }
      int rival = untargeted ? (order[0] == label ? order[1] : order[0]) : target;
      numerator = new double[order.length];
      numerator[rival] += 1;
      numerator[label] -= 1;
      denominator = new double[order.length];
      denominator[order[0]] += 1;
      if (untargeted) {
        denominator[order[2]] -= 1;
      } else {
        denominator[order[2]] -= 0.5;
        denominator[order[3]] -= 0.5;
      }
      double above = 0;
      double below = 0;
      for (int k = 0; k < order.length; k++) {
        above += numerator[k] * logits.get(row, k);
        below += denominator[k] * logits.get(row, k);
      }
      spread = below + TINY; // last, or large logits would swallow it
      value = above / spread;
    }

    double value() {
      return value;
    }

    double[] byLogit() { // quotient rule
      double[] derivative = new double[numerator.length];
      Arrays.setAll(derivative, k -> (numerator[k] - value * denominator[k]) / spread);
      return derivative;
    }
  }

  private static int[] descending(Batch logits, int row) {
    Integer[] order = new Integer[logits.width()];
    Arrays.setAll(order, k -> k);
    Arrays.sort(order, (a, b) -> Float.compare(logits.get(row, b), logits.get(row, a)));
    return Arrays.stream(order).mapToInt(k -> k).toArray();
  }
}
