package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;

/**
 * Boxes around some values, one for each row: centres and radii.
 *
 * @param centres by feature and row
 * @param radii by feature and row; not negative
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
record Boxes(float[][] centres, float[][] radii) {
  /** What of the balls around some inputs lies in the domain. */
  static Boxes around(Batch inputs, float epsilon, Domain domain) {
    Boxes boxes = empty(inputs.width(), inputs.rows());
    for (int j = 0; j < boxes.features(); j++) {
      for (int i = 0; i < boxes.rows(); i++) {
        float x = inputs.get(i, j);
        boxes.set(
            j, i, Math.max(x - epsilon, domain.lower(j)), Math.min(x + epsilon, domain.upper(j)));
      }
    }
    return boxes;
  }

  private static Boxes empty(int features, int rows) {
    return new Boxes(new float[features][rows], new float[features][rows]);
  }

  int features() {
    return centres.length;
  }

  int rows() {
    return centres[0].length;
  }

  float lower(int feature, int row) {
    return centres[feature][row] - radii[feature][row];
  }

  float upper(int feature, int row) {
    return centres[feature][row] + radii[feature][row];
  }

  private void set(int feature, int row, float lower, float upper) {
    centres[feature][row] = (lower + upper) / 2;
    radii[feature][row] = (upper - lower) / 2;
  }

  /** Around what a layer makes of them. */
  Boxes through(Weights.Linear layer) {
    return new Boxes(layer.apply(centres), layer.map().apply(layer.absolute(), radii));
  }

  /** Around what a ReLU makes of them. */
  Boxes rectified() {
    Boxes rectified = empty(features(), rows());
    for (int j = 0; j < features(); j++) {
      for (int i = 0; i < rows(); i++) {
        rectified.set(j, i, Math.max(0, lower(j, i)), Math.max(0, upper(j, i)));
      }
    }
    return rectified;
  }
}
