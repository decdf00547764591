package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A fresh draw for every question, numbered by example: the n-th question about an example always
 * draws the same, whatever else was asked before, between and beside.
 */
final class Draws {
  private final Seed seed;
  private final ConcurrentMap<Long, Integer> asked = new ConcurrentHashMap<>();

  Draws(Seed seed) {
    this.seed = seed;
  }

  Draw next(Batch inputs) {
    List<Seed> seeds = new ArrayList<>(inputs.rows());
    for (int row = 0; row < inputs.rows(); row++) {
      seeds.add(seed.derive(asked.merge(inputs.example(row), 1, Integer::sum)));
    }
    return new Draw(seeds);
  }
}
