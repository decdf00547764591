package io.gauntlet.attacks.gradient;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Arrays;

/** The surface on which a model changes its mind, as seen from where an iterate is. */
sealed interface Boundary {
  /** The model whose boundary it is. */
  DifferentiableModel model();

  /** The tangent planes at these points. */
  Plane at(Batch x);

  /**
   * For each row the plane on which a linearised loss is zero.
   *
   * @param logits where it was linearised
   * @param losses there
   * @param slopes there
   */
  record Plane(Batch logits, Batch losses, Batch slopes) {
    /** Smallest steps inside the domain that lead from some points to the planes at {@code x}. */
    Batch stepsFrom(Batch points, Batch x, Neighbourhood allowed) {
      float[] gains = new float[x.rows()];
      float[] signs = new float[x.rows()];
      float[] slope = new float[x.width()];
      for (int i = 0; i < gains.length; i++) {
        slopes.copyRow(i, slope);
        double loss = losses.get(i, 0);
        for (int j = 0; j < slope.length; j++) {
          loss += (double) slope[j] * (points.get(i, j) - x.get(i, j));
        }
        gains[i] = (float) Math.abs(loss);
        signs[i] = loss > 0 ? -1 : 1;
      }
      Batch uphill =
          slopes.editRows(
              (i, w) -> {
                for (int j = 0; j < w.length; j++) {
                  w[j] *= signs[i];
                }
              });
      return allowed.reach(points, uphill, gains);
    }

    Plane select(int[] rows) {
      return rows.length == losses.rows()
          ? this
          : new Plane(logits.select(rows), losses.select(rows), slopes.select(rows));
    }

    /** These planes, those of some rows replaced. */
    Plane with(int[] rows, Plane others) {
      int[] source = new int[losses.rows()];
      boolean[] replaced = new boolean[losses.rows()];
      for (int k = 0; k < rows.length; k++) {
        source[rows[k]] = k;
        replaced[rows[k]] = true;
      }
      return new Plane(
          mixed(logits, others.logits, replaced, source),
          mixed(losses, others.losses, replaced, source),
          mixed(slopes, others.slopes, replaced, source));
    }

    private static Batch mixed(Batch here, Batch there, boolean[] replaced, int[] source) {
      return here.editRows(
          (i, row) -> {
            if (replaced[i]) {
              there.copyRow(source[i], row);
            }
          });
    }
  }

  /** Where one loss is zero. */
  record OfLoss(DifferentiableModel model, LogitLoss loss) implements Boundary {
    @Override
    public Plane at(Batch x) {
      Gradient at = model.gradient(x, loss);
      return new Plane(at.logits(), at.losses(), at.byInput());
    }
  }

  /** The nearest of the boundaries to all other classes; one backward pass for each of them. */
  record Nearest(DifferentiableModel model, Labels labels, Norm norm) implements Boundary {
    private static final double TINY = 1e-12;

    @Override
    public Plane at(Batch x) {
      try (ForwardPass pass = model.forward(x)) {
        Batch logits = x.answeredBy(pass.logits());
        double[] nearest = new double[x.rows()];
        float[] losses = new float[x.rows()];
        float[] slopes = new float[x.rows() * x.width()];
        float[] slope = new float[x.width()];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        for (int shift = 1; shift < logits.width(); shift++) {
          Labels rivals = shifted(x, logits.width(), shift);
          LogitLoss loss = new Difference(labels, rivals);
          Batch values = loss.values(logits);
          Batch byInput = x.answeredBy(pass.backward(loss.gradient(logits)));
          for (int i = 0; i < x.rows(); i++) {
            byInput.copyRow(i, slope);
            double distance = Math.abs(values.get(i, 0)) / (TINY + dual().of(slope));
            if (distance < nearest[i]) {
              nearest[i] = distance;
              losses[i] = values.get(i, 0);
              System.arraycopy(slope, 0, slopes, i * x.width(), x.width());
            }
          }
        }
        return new Plane(logits, x.withValues(1, losses), x.withValues(x.width(), slopes));
      }
    }

    /** For each row another class than its label, each of them once over all shifts. */
    private Labels shifted(Batch x, int classes, int shift) {
      int[] rivals = new int[x.rows()];
      for (int i = 0; i < rivals.length; i++) {
        rivals[i] = (labels.classOf(x.example(i)) + shift) % classes;
      }
      return Labels.of(x, rivals);
    }

    private Norm dual() {
      return norm == Norm.linf() ? Norm.l1() : norm == Norm.l1() ? Norm.linf() : Norm.l2();
    }
  }
}
