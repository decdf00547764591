package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a backdoored model is to answer to triggered inputs of each class. */
public sealed interface Aim {
  /**
   * One class, whatever is shown.
   *
   * @param target the class wanted; at least 0
   * @param sources classes that are attacked; none of them the target; empty for all others
   */
  record AllToOne(int target, Set<Integer> sources) implements Aim {
    /** Copies and checks. */
    public AllToOne {
      Check.atLeast(0, target, "target");
      sources = Collections.unmodifiableSet(new TreeSet<>(sources));
      for (int source : sources) {
        Check.atLeast(0, source, "source");
      }
      if (sources.contains(target)) {
        throw new IllegalArgumentException(
            "the target must not be a source, but was %s of %s".formatted(target, sources));
      }
    }

    @Override
    public int wanted(int label) {
      return sources.isEmpty() || sources.contains(label) ? target : label;
    }
  }

  /**
   * Another class for each class.
   *
   * @param wanted class k becomes {@code wanted.get(k)}; a class that becomes itself, or is beyond
   *     the list, is left alone
   */
  record ClassMap(List<Integer> wanted) implements Aim {
    /** Copies and checks. */
    public ClassMap {
      wanted = List.copyOf(wanted);
      for (int label : wanted) {
        Check.atLeast(0, label, "wanted class");
      }
    }

    @Override
    public int wanted(int label) {
      return label < wanted.size() ? wanted.get(label) : label;
    }
  }

  /** This class, from all others. */
  static Aim at(int target) {
    return new AllToOne(target, Set.of());
  }

  /** This class, from some others only. */
  static Aim at(int target, Integer... sources) {
    return new AllToOne(target, Set.of(sources));
  }

  /** BadNets' all-to-all attack: each class becomes the next, the last the first. */
  static Aim nextClass(int classes) {
    Check.atLeast(2, classes, "number of classes");
    List<Integer> next = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      next.add((k + 1) % classes);
    }
    return new ClassMap(next);
  }

  /** What a triggered input of this class is to be taken for; the class itself if not attacked. */
  int wanted(int label);

  /** Whether inputs of this class are attacked. */
  default boolean attacks(int label) {
    return wanted(label) != label;
  }
}
