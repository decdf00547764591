package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What random preprocessings of some inputs draw from: a stream for each row, which depends on the
 * row's example, not on its place in the batch. Asked again, it gives the same numbers again.
 *
 * @param seeds one for each row
 */
public record Draw(List<Seed> seeds) {
  /** Copies. */
  public Draw {
    seeds = List.copyOf(seeds);
  }

  /**
   * The same seed for every row; rows of different examples draw different numbers all the same.
   */
  public static Draw of(Seed seed, Batch inputs) {
    return new Draw(Collections.nCopies(inputs.rows(), seed));
  }

  /** Fresh generator for one row of {@code inputs}. */
  public RandomGenerator of(Batch inputs, int row) {
    return seeds.get(row).forExample(inputs.example(row));
  }

  /** Independent streams for one of several stages. */
  Draw derive(int stage) {
    return new Draw(seeds.stream().map(seed -> seed.derive(stage)).toList());
  }
}
