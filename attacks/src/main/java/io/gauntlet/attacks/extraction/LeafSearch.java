package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** The leaves found so far, and the inputs known to lie in others. Confined to one extraction. */
final class LeafSearch {
  private final Oracle oracle;
  private final Box box;
  private final List<StolenTree.Leaf> leaves = new ArrayList<>();
  private final Deque<Witness> open = new ArrayDeque<>();
  private final Set<List<Float>> seen = new HashSet<>();

  /** For each feature, ranks of values on both sides of every threshold found. */
  private final List<NavigableSet<Long>> knownEdges = new ArrayList<>();

  /** An input of one row, and the answer of the leaf it lies in, which is the leaf's name. */
  private record Witness(Batch input, List<Float> scores) {
    StolenTree.Leaf leaf(float[] lower, float[] upper) {
      float[] row = new float[scores.size()];
      for (int k = 0; k < row.length; k++) {
        row[k] = scores.get(k);
      }
      return new StolenTree.Leaf(Batch.of(lower, upper), Batch.of(row));
    }
  }

  /** Asks about the centre of the domain. */
  LeafSearch(Oracle oracle) {
    this.oracle = oracle;
    box = Box.of(oracle);
    for (int j = 0; j < box.features(); j++) {
      knownEdges.add(new TreeSet<>());
    }
    meet(Batch.of(box.centre()));
  }

  int found() {
    return leaves.size();
  }

  /**
   * Measures the box of one more leaf.
   *
   * @return whether there was one
   * @throws QueryBudgetException when the budget is spent; what is known by then is kept
   */
  boolean findNext() {
    if (open.isEmpty()) {
      return false;
    }
    Witness witness = open.element();
    float[] lower = witness.input.row(0);
    float[] upper = witness.input.row(0);
    for (int j = 0; j < box.features(); j++) {
      lower[j] = edge(witness, j, box.domain().lower(j));
      upper[j] = edge(witness, j, box.domain().upper(j));
    }
    open.remove();
    leaves.add(witness.leaf(lower, upper));
    return true;
  }

  /** What is known by now; of a leaf not measured yet, the one input that lies in it. */
  StolenTree tree() {
    List<StolenTree.Leaf> known = new ArrayList<>(leaves);
    for (Witness witness : open) {
      float[] input = witness.input.row(0);
      known.add(witness.leaf(input, input));
    }
    return new StolenTree(oracle.inputShape(), oracle.domain(), known);
  }

  /** The last value of a feature towards {@code end} that stays in the leaf. */
  private float edge(Witness witness, int feature, float end) {
    long inside = FloatOrder.rank(witness.input.get(0, feature));
    long outside = FloatOrder.rank(end);
    if (inside == outside || meet(moved(witness, feature, outside)).equals(witness.scores)) {
      return end;
    }
    while (Math.abs(outside - inside) > 1) {
      long middle = between(knownEdges.get(feature), inside, outside);
      if (meet(moved(witness, feature, middle)).equals(witness.scores)) {
        inside = middle;
      } else {
        outside = middle;
      }
    }
    knownEdges.get(feature).add(inside);
    knownEdges.get(feature).add(outside);
    return FloatOrder.at(inside);
  }

  /** A known edge strictly between, the middle one of them; or the middle itself. */
  private static long between(NavigableSet<Long> edges, long inside, long outside) {
    NavigableSet<Long> candidates =
        edges.subSet(Math.min(inside, outside), false, Math.max(inside, outside), false);
    return candidates.isEmpty()
        ? Math.floorDiv(inside + outside, 2)
        : candidates.stream().skip(candidates.size() / 2).findFirst().orElseThrow();
  }

  private static Batch moved(Witness witness, int feature, long rank) {
    return witness.input.editRows((i, x) -> x[feature] = FloatOrder.at(rank));
  }

  /** Asks about an input, which may be the first of its leaf to be seen. */
  private List<Float> meet(Batch input) {
    Batch answer = oracle.ask(input);
    List<Float> scores = new ArrayList<>();
    for (int k = 0; k < answer.width(); k++) {
      scores.add(answer.get(0, k));
    }
    if (seen.add(scores)) {
      open.add(new Witness(input, scores));
    }
    return scores;
  }
}
