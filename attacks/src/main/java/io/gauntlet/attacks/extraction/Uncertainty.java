package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** First any inputs, then those that the surrogate is least certain about. */
final class Uncertainty implements Selection {
  private final Batch pool;
  private final ToDoubleFunction<float[]> doubt;
  private final List<Integer> open;
  private boolean first = true;

  /**
   * Chooses by doubt.
   *
   * @param order random; that of the first choice, and of inputs equally doubtful
   * @param doubt of the surrogate's probabilities
   */
  Uncertainty(Batch pool, int[] order, ToDoubleFunction<float[]> doubt) {
    this.pool = pool;
    this.doubt = doubt;
    open = new ArrayList<>(Arrays.stream(order).boxed().toList());
  }

  static double entropy(float[] probabilities) {
    double entropy = 0;
    for (float p : probabilities) {
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return entropy;
  }

  /** Minus the lead of the likeliest class over the second. */
  static double closeness(float[] probabilities) {
    float[] ascending = probabilities.clone();
    Arrays.sort(ascending);
    return ascending[ascending.length - 2] - (double) ascending[ascending.length - 1];
  }

  @Override
  public int[] next(int count, Model surrogate) {
    if (!first) {
      Batch candidates = pool.select(open.stream().mapToInt(row -> row).toArray());
      Batch probabilities = Guesses.probabilities(surrogate, candidates);
      double[] doubts = new double[pool.rows()];
      for (int i = 0; i < open.size(); i++) {
        doubts[open.get(i)] = doubt.applyAsDouble(probabilities.row(i));
      }
      open.sort(Comparator.comparingDouble((Integer row) -> -doubts[row])); // stable
    }
    first = false;
    List<Integer> chosen = open.subList(0, count);
    int[] rows = chosen.stream().mapToInt(row -> row).toArray();
    chosen.clear();
    return rows;
  }
}
