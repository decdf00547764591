package io.gauntlet.defenses.repair;

import io.gauntlet.model.Batch;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The linear layer at the end of a model, found in its row of parameters, and what enters it. */
final class LastLayer {
  private static final double TOLERANCE = 1e-3; // of the largest logit: features may round

  private final Batch features;
  private final Batch logits;
  private final float[] parameters;
  private final int classes;
  private final int units;
  private final int start;

  private LastLayer(Batch features, Batch logits, float[] parameters) {
    this.features = features;
    this.logits = logits;
    this.parameters = parameters;
    classes = logits.width();
    units = features.width();
    start = parameters.length - classes * (units + 1);
  }

  /**
   * The last layer of {@code model}, as {@code inputs} see it.
   *
   * @throws ModelException if the last parameters are not its weights and biases
   */
  static <M extends ParametricModel & FeatureModel> LastLayer of(M model, Batch inputs) {
    LastLayer layer =
        new LastLayer(
            Answers.of(model.features(), inputs),
            Answers.of(model, inputs),
            model.parameters().row(0));
    layer.verify();
    return layer;
  }

  private float weight(int k, int unit) {
    return parameters[start + k * units + unit];
  }

  private float bias(int k) {
    return parameters[start + classes * units + k];
  }

  private void verify() {
    if (start < 0) {
      throw new ModelException(
          "a last layer of %s classes and %s units has %s parameters, but the model has %s"
              .formatted(classes, units, classes * (units + 1), parameters.length));
    }
    double largest = 1;
    for (int i = 0; i < logits.rows(); i++) {
      for (int k = 0; k < classes; k++) {
        largest = Math.max(largest, Math.abs(logits.get(i, k)));
      }
    }
    double[][] computed = linear();
    for (int i = 0; i < computed.length; i++) {
      for (int k = 0; k < classes; k++) {
        if (!(Math.abs(computed[i][k] - logits.get(i, k)) <= TOLERANCE * largest)) {
          throw new ModelException(
              ("the model's last %s parameters must be the weights and biases of its last layer,"
                      + " but they give example %s the logit %s for class %s where the model gives"
                      + " %s")
                  .formatted(
                      classes * (units + 1),
                      logits.example(i),
                      computed[i][k],
                      k,
                      logits.get(i, k)));
        }
      }
    }
  }

  private double[][] linear() {
    double[][] values = new double[features.rows()][classes];
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < classes; k++) {
        double sum = bias(k);
        for (int u = 0; u < units; u++) {
          sum += (double) weight(k, u) * features.get(i, u);
        }
        values[i][k] = sum;
      }
    }
    return values;
  }

  /** As many of the most dormant units as may go before the accuracy falls below the tolerance. */
  int[] dormantUnits(Labels labels, double tolerance) {
    int[] order = mostDormantFirst();
    double[][] left = linear();
    double least = correct(left, labels) - tolerance * labels.count() - 1e-9; // of rounding
    int pruned = 0;
    while (pruned < units) {
      withdraw(order[pruned], left);
      if (correct(left, labels) < least) {
        break;
      }
      pruned++;
    }
    return Arrays.copyOf(order, pruned);
  }

  private int[] mostDormantFirst() {
    double[] activity = new double[units];
    for (int i = 0; i < features.rows(); i++) {
      for (int u = 0; u < units; u++) {
        activity[u] += Math.abs(features.get(i, u));
      }
    }
    return IntStream.range(0, units)
        .boxed()
        .sorted(Comparator.comparingDouble(u -> activity[u]))
        .mapToInt(u -> u)
        .toArray();
  }

  private void withdraw(int unit, double[][] values) {
    for (int i = 0; i < values.length; i++) {
      float activation = features.get(i, unit);
      if (activation != 0) {
        for (int k = 0; k < classes; k++) {
          values[i][k] -= (double) weight(k, unit) * activation;
        }
      }
    }
  }

  private int correct(double[][] values, Labels labels) {
    int correct = 0;
    for (int i = 0; i < values.length; i++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = values[i][k] > values[i][best] ? k : best;
      }
      correct += best == labels.atRow(i) ? 1 : 0;
    }
    return correct;
  }

  /** These parameters, with nothing made of the pruned units. */
  Batch without(int[] pruned, Batch changed) {
    return changed.editRows(
        (row, values) -> {
          for (int unit : pruned) {
            for (int k = 0; k < classes; k++) {
              values[start + k * units + unit] = 0;
            }
          }
        });
  }
}
