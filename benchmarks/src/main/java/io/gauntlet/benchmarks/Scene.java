package io.gauntlet.benchmarks;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.detect.Sources;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a detector finds: a network, what it was trained on, and what the defender has besides.
 *
 * @param model trained
 * @param architecture of it
 * @param training its data, poisoned or not
 * @param poisoned rows of the training data that are
 * @param heldOut clean images that the defender has
 * @param test clean images that arrive
 * @param triggered images that arrive with the trigger; none where nothing was planted
 * @param seed of the detector's choices
 */
record Scene(
    DjlModel model,
    SmallCnn architecture,
    Examples training,
    Set<Integer> poisoned,
    Examples heldOut,
    Examples test,
    Examples triggered,
    Seed seed) {
  private static final int SOURCES = 10;

  /** Ten sources of equal size; the poison came with the first ones. */
  Sources sources() {
    int[] dealt = seed.permutation(training.count());
    int[] order =
        IntStream.concat(
                Arrays.stream(dealt).filter(poisoned::contains),
                Arrays.stream(dealt).filter(row -> !poisoned.contains(row)))
            .toArray();
    List<String> names = new ArrayList<>(Collections.nCopies(training.count(), ""));
    for (int i = 0; i < order.length; i++) {
      names.set(order[i], String.valueOf((long) i * SOURCES / order.length));
    }
    return Sources.of(names);
  }
}
