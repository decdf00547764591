package io.gauntlet.defenses.postprocess;

import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;

/**
 * Prediction poisoning by maximum angular deviation: moves each answer, within an L1 budget, so
 * that the thief's training step on it turns as far as possible from the step he should take.
 *
 * <p>Follows Orekondy, Schiele, Fritz: <a href="https://arxiv.org/abs/1906.10908">Prediction
 * Poisoning: Towards Defenses Against DNN Model Stealing Attacks</a>, ICLR 2020. Differs from it in
 * three ways: every candidate is moved into the budget before the angles are compared, not after;
 * with the class kept the candidates are the pairs of the class and one other, not all extreme
 * points; and the gradients come as a {@link GradientKernel}, of which this library has the one of
 * the last layer.
 *
 * <p>It needs a guess of the thief's network, and one of its passes for every query: the angle is
 * that of the guess, not the thief's. No gradient of the victim is needed. As in the paper an
 * answer moves straight towards an extreme point, so that it stops short of the widest angle in the
 * budget: taking from one class what is given to another turns further.
 *
 * <p><b>An adaptive thief</b> trains on the argmax alone: with the class kept the guard then costs
 * him nothing but the scores. With it free, one of an ensemble of honest labels, such as a public
 * model's, shows him which answers to drop.
 *
 * @param epsilon L1 distance that an answer may move, at most 2; finite, positive
 * @param argmax whether the class may change
 * @param kernel the thief's gradients
 */
public record MadPoisoning(float epsilon, Argmax argmax, GradientKernel kernel)
    implements OutputGuard {
  private static final double AHEAD = 1e-3; // by how much the class leads its rival at the extreme

  /** Checks the budget. */
  public MadPoisoning {
    if (!(epsilon > 0 && epsilon <= 2)) {
      throw new IllegalArgumentException(
          "epsilon must be above 0 and at most 2, but was " + epsilon);
    }
  }

  @Override
  public Batch apply(Query query, Batch probabilities) {
    int classes = probabilities.width();
    Batch kernels = query.inputs().answeredBy(kernel.of(query.inputs()));
    if (kernels.width() != classes * classes) {
      throw new ModelException(
          "the kernel of %s classes must have %s entries, but had %s"
              .formatted(classes, classes * classes, kernels.width()));
    }
    return probabilities.editRows(
        (i, p) -> {
          double[] y = toDoubles(p);
          Angle angle = new Angle(kernels.row(i), y);
          int chosen = Rows.argmax(p);
          double[] best = y;
          double widest = 1; // cosine of the angle of no change
          for (int k = 0; k < classes; k++) {
            double[] moved = moved(y, extreme(classes, chosen, k));
            double cosine = angle.cosine(moved);
            if (cosine < widest) {
              widest = cosine;
              best = moved;
            }
          }
          for (int k = 0; k < classes; k++) {
            p[k] = (float) Math.min(1, best[k]);
          }
        });
  }

  private double[] extreme(int classes, int chosen, int rival) {
    double[] extreme = new double[classes];
    if (argmax == Argmax.KEPT && rival != chosen) {
      extreme[chosen] = 0.5 + AHEAD;
      extreme[rival] = 0.5 - AHEAD;
    } else {
      extreme[rival] = 1;
    }
    return extreme;
  }

  /** From {@code y} towards {@code extreme}, as far as the budget goes. */
  private double[] moved(double[] y, double[] extreme) {
    double distance = 0;
    for (int k = 0; k < y.length; k++) {
      distance += Math.abs(extreme[k] - y[k]);
    }
    double share = distance > epsilon ? epsilon / distance : 1;
    double[] moved = new double[y.length];
    for (int k = 0; k < y.length; k++) {
      moved[k] = (1 - share) * y[k] + share * extreme[k];
    }
    return moved;
  }

  private static double[] toDoubles(float[] p) {
    double[] y = new double[p.length];
    for (int k = 0; k < p.length; k++) {
      y[k] = p[k];
    }
    return y;
  }

  /** Angles between training steps: that towards {@code y}, and others. */
  private static final class Angle {
    private final float[] kernel;
    private final double[] y;
    private final double length;

    Angle(float[] kernel, double[] y) {
      this.kernel = kernel;
      this.y = y;
      length = Math.sqrt(product(y, y));
    }

    /** 1 where one of the steps is no step. */
    double cosine(double[] other) {
      double lengths = length * Math.sqrt(product(other, other));
      return lengths > 0 ? product(y, other) / lengths : 1;
    }

    private double product(double[] a, double[] b) {
      double sum = 0;
      for (int k = 0; k < a.length; k++) {
        for (int l = 0; l < b.length; l++) {
          sum += a[k] * kernel[k * b.length + l] * b[l];
        }
      }
      return sum;
    }
  }
}
