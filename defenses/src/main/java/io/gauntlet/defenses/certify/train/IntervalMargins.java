package io.gauntlet.defenses.certify.train;

/**
 * Lower bounds of the label's logit minus that of each class by interval arithmetic: the difference
 * of two rows of the last layer is one row, which is never worse than the difference of two bounds.
 */
final class IntervalMargins {
  private final BoxPass boxes;
  private final int[] labels;

  IntervalMargins(BoxPass boxes, int[] labels) {
    this.boxes = boxes;
    this.labels = labels;
  }

  /** By class and row; 0 for the label itself. */
  float[][] lower() {
    Weights.Linear last = boxes.weights().last();
    float[][] lower = new float[last.bias().length][labels.length];
    for (int i = 0; i < labels.length; i++) {
      float[] right = last.weights()[labels[i]];
      for (int k = 0; k < lower.length; k++) {
        float[] wrong = last.weights()[k];
        float sum = last.bias()[labels[i]] - last.bias()[k];
        for (int j = 0; j < right.length; j++) {
          float weight = right[j] - wrong[j];
          sum += weight * boxes.last().centres()[j][i];
          sum -= Math.abs(weight) * boxes.last().radii()[j][i];
        }
        lower[k][i] = sum;
      }
    }
    return lower;
  }

  /**
   * Adds to all slopes, those of the layers before the last included.
   *
   * @param byMargin derivatives by class and row
   */
  void back(float[][] byMargin, Slopes slopes) {
    Weights.Linear last = boxes.weights().last();
    Slopes.OfLayer ofLast = slopes.ofLast();
    int features = boxes.last().features();
    float[][] byCentre = new float[features][labels.length];
    float[][] byRadius = new float[features][labels.length];
    for (int i = 0; i < labels.length; i++) {
      int label = labels[i];
      float[] right = last.weights()[label];
      for (int k = 0; k < byMargin.length; k++) {
        float slope = byMargin[k][i];
        if (k == label || slope == 0) {
          continue;
        }
        float[] wrong = last.weights()[k];
        for (int j = 0; j < features; j++) {
          float weight = right[j] - wrong[j];
          float sign = Math.signum(weight);
          float byWeight =
              slope * (boxes.last().centres()[j][i] - sign * boxes.last().radii()[j][i]);
          ofLast.byWeight()[label][j] += byWeight;
          ofLast.byWeight()[k][j] -= byWeight;
          byCentre[j][i] += slope * weight;
          byRadius[j][i] -= slope * Math.abs(weight);
        }
        ofLast.byBias()[label] += slope;
        ofLast.byBias()[k] -= slope;
      }
    }
    boxes.back(byCentre, byRadius, slopes);
  }
}
