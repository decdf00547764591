package io.gauntlet.defenses.sanitize;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A uniform sample of a stream: algorithm R of Vitter 1985. */
final class Reservoir {
  private final int most;
  private final RandomGenerator random;
  private final List<double[]> sample = new ArrayList<>();
  private long offered;

  Reservoir(int most, RandomGenerator random) {
    this.most = most;
    this.random = random;
  }

  void offer(double[] values) {
    offered++;
    if (sample.size() < most) {
      sample.add(values);
      return;
    }
    long place = random.nextLong(offered);
    if (place < most) {
      sample.set((int) place, values);
    }
  }

  List<double[]> sample() {
    return sample;
  }
}
