package io.gauntlet.defenses.sanitize;

import java.util.Comparator;
import java.util.stream.IntStream;

/** How p-values of many tests are corrected for being many. */
public enum Correction {
  /**
   * Bounds the probability of any false alarm, whatever the dependence: Holm 1979, <a
   * href="https://www.jstor.org/stable/4615733">A simple sequentially rejective multiple test
   * procedure</a>.
   */
  HOLM,
  /**
   * Bounds the expected share of false alarms among alarms, for independent or positively dependent
   * tests: Benjamini and Hochberg 1995, <a
   * href="https://doi.org/10.1111/j.2517-6161.1995.tb02031.x">Controlling the false discovery
   * rate</a>.
   */
  BENJAMINI_HOCHBERG;

  /** The corrected p-values, in the order given: to be compared with the level as they are. */
  double[] adjust(double[] p) {
    Integer[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .toArray(Integer[]::new);
    double[] adjusted = new double[p.length];
    if (this == HOLM) {
      double most = 0;
      for (int rank = 0; rank < p.length; rank++) {
        most = Math.max(most, Math.min(1, (p.length - rank) * p[order[rank]]));
        adjusted[order[rank]] = most;
      }
    } else {
      double least = 1;
      for (int rank = p.length - 1; rank >= 0; rank--) {
        least = Math.min(least, p.length * p[order[rank]] / (rank + 1));
        adjusted[order[rank]] = least;
      }
    }
    return adjusted;
  }
}
