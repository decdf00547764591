package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;

/**
 * The squared distance of each row's features from a goal.
 *
 * @param goals one row for all, or one for each row of the features, in their order
 */
record Gap(Batch goals) implements LogitLoss {
  @Override
  public Batch values(Batch features) {
    float[] squares = new float[features.rows()];
    for (int i = 0; i < squares.length; i++) {
      double sum = 0;
      for (int h = 0; h < features.width(); h++) {
        double gap = features.get(i, h) - goal(i, h);
        sum += gap * gap;
      }
      squares[i] = (float) sum;
    }
    return features.withValues(1, squares);
  }

  @Override
  public Batch gradient(Batch features) {
    return features.editRows(
        (i, row) -> {
          for (int h = 0; h < row.length; h++) {
            row[h] = 2 * (row[h] - goal(i, h));
          }
        });
  }

  private float goal(int row, int unit) {
    return goals.get(goals.rows() == 1 ? 0 : row, unit);
  }
}
