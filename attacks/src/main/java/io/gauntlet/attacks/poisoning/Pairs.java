package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Batch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Greedy matching of features. */
final class Pairs {
  private Pairs() {}

  /** The goal of each row: of all pairs still free, the closest is taken next. */
  static int[] closestFirst(Batch rows, Batch goals) {
    int count = rows.rows();
    double[] squares = squares(rows, goals);
    int[] goalOf = new int[count];
    Arrays.fill(goalOf, -1);
    boolean[] taken = new boolean[count];
    IntStream.range(0, count * count)
        .boxed()
        .sorted(Comparator.comparingDouble(pair -> squares[pair]))
        .forEach(
            pair -> {
              int row = pair / count;
              int goal = pair % count;
              if (goalOf[row] < 0 && !taken[goal]) {
                goalOf[row] = goal;
                taken[goal] = true;
              }
            });
    return goalOf;
  }

  private static double[] squares(Batch rows, Batch goals) {
    double[] squares = new double[rows.rows() * goals.rows()];
    for (int pair = 0; pair < squares.length; pair++) {
      for (int h = 0; h < rows.width(); h++) {
        double gap = rows.get(pair / goals.rows(), h) - goals.get(pair % goals.rows(), h);
        squares[pair] += gap * gap;
      }
    }
    return squares;
  }
}
