package io.gauntlet.defenses.certify.bounds;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ReLUs that are taken to be on or off: one half of the cases, then a half of those. */
record Splits(List<Split> splits) {
  static final Splits NONE = new Splits(List.of());

  /** One feature that enters the ReLUs of a step: not negative if {@code on}, else not positive. */
  record Split(int step, int feature, boolean on) {
    Split other() {
      return new Split(step, feature, !on);
    }
  }

  Splits and(Split more) {
    List<Split> all = new ArrayList<>(splits);
    all.add(more);
    return new Splits(List.copyOf(all));
  }

  /** What they leave of a box around what enters a step; empty for nothing. */
  Optional<Box> cut(int step, Box box) {
    double[] lower = new double[box.size()];
    double[] upper = new double[box.size()];
    for (int j = 0; j < lower.length; j++) {
      lower[j] = box.lower(j);
      upper[j] = box.upper(j);
    }
    for (Split split : splits) {
      int j = split.feature();
      if (split.step() == step && split.on()) {
        lower[j] = Math.max(lower[j], 0);
      } else if (split.step() == step) {
        upper[j] = Math.min(upper[j], 0);
      }
    }
    return Box.between(lower, upper);
  }
}
