package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Batch;

/** Batches turned on their side: {@code [feature][row]}, as {@link LinearMap} takes them. */
final class Rows {
  private Rows() {}

  static float[][] columns(Batch batch) {
    float[][] columns = new float[batch.width()][batch.rows()];
    for (int j = 0; j < columns.length; j++) {
      for (int i = 0; i < columns[j].length; i++) {
        columns[j][i] = batch.get(i, j);
      }
    }
    return columns;
  }

  /** Row by row, as a {@link Batch} holds them. */
  static float[] flat(float[][] columns) {
    int rows = columns[0].length;
    float[] flat = new float[columns.length * rows];
    for (int j = 0; j < columns.length; j++) {
      for (int i = 0; i < rows; i++) {
        flat[i * columns.length + j] = columns[j][i];
      }
    }
    return flat;
  }
}
