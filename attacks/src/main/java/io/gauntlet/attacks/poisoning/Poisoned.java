package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Training data after an attack, and what was done to it: the truth that detectors are measured
 * against.
 *
 * @param <D> kind of data, such as {@code Examples} or {@link Texts}
 * @param data all of it, in the same order as before; what an attack adds comes last
 * @param originals labels before the attack, of all rows; of an added row that of its base
 * @param poisoned positions of the examples that were poisoned or added, ascending
 * @param decoys positions of those that were changed under their own label to sharpen the backdoor,
 *     ascending; none of them poisoned
 * @param by the attack with its settings
 * @param seed what it drew from
 */
public record Poisoned<D>(
    D data, Labels originals, List<Long> poisoned, List<Long> decoys, Poisoning by, Seed seed) {
  /** Copies and checks. */
  public Poisoned {
    poisoned = List.copyOf(poisoned);
    decoys = List.copyOf(decoys);
    Set<Long> both = new TreeSet<>(poisoned);
    both.addAll(decoys);
    if (both.size() != poisoned.size() + decoys.size()) {
      throw new IllegalArgumentException(
          "no example may be changed twice, but %s and %s were".formatted(poisoned, decoys));
    }
    both.forEach(originals::classOf); // says which is not there
  }

  /** A result without decoys. */
  public Poisoned(D data, Labels originals, List<Long> poisoned, Poisoning by, Seed seed) {
    this(data, originals, poisoned, List.of(), by, seed);
  }

  /** Share of all examples that were poisoned. */
  public double rate() {
    return (double) poisoned.size() / originals.count();
  }
}
