package io.gauntlet.defenses.sanitize;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Trees of random cuts; what few cuts isolate is an anomaly. */
final class IsolationForest {
  private static final double EULER = 0.5772156649015329;

  /** A cut, or a leaf that holds so many rows. */
  private sealed interface Node {
    record Cut(int column, double at, Node below, Node above) implements Node {}

    record Leaf(int rows) implements Node {}
  }

  private final List<Node> trees = new ArrayList<>();
  private final double typical;

  /** Grows trees on random subsets of {@code subset} rows, at least two, without replacement. */
  IsolationForest(List<double[]> rows, int trees, int subset, RandomGenerator random) {
    int size = Math.min(subset, rows.size());
    int depth = (int) Math.ceil(Math.log(size) / Math.log(2));
    typical = typicalPath(size);
    for (int tree = 0; tree < trees; tree++) {
      Reservoir chosen = new Reservoir(size, random);
      rows.forEach(chosen::offer);
      this.trees.add(grow(chosen.sample(), depth, random));
    }
  }

  private static Node grow(List<double[]> rows, int depth, RandomGenerator random) {
    int column = depth == 0 || rows.size() < 2 ? -1 : varying(rows, random);
    if (column < 0) {
      return new Node.Leaf(rows.size());
    }
    double least = rows.stream().mapToDouble(row -> row[column]).min().orElseThrow();
    double most = rows.stream().mapToDouble(row -> row[column]).max().orElseThrow();
    double share = random.nextDouble();
    double at = share * least + (1 - share) * most; // the difference could overflow
    List<double[]> below = rows.stream().filter(row -> row[column] < at).toList();
    List<double[]> above = rows.stream().filter(row -> !(row[column] < at)).toList();
    return new Node.Cut(column, at, grow(below, depth - 1, random), grow(above, depth - 1, random));
  }

  /** A random column in which the rows differ; -1 if there is none. */
  private static int varying(List<double[]> rows, RandomGenerator random) {
    double[] first = rows.get(0);
    int[] columns =
        IntStream.range(0, first.length)
            .filter(column -> rows.stream().anyMatch(row -> row[column] != first[column]))
            .toArray();
    return columns.length == 0 ? -1 : columns[random.nextInt(columns.length)];
  }

  /** Between 0 and 1: near 1 an anomaly, below 0.5 ordinary. */
  double score(double[] row) {
    double sum = 0;
    for (Node tree : trees) {
      sum += path(tree, row);
    }
    return Math.pow(2, -sum / trees.size() / typical);
  }

  private static double path(Node tree, double[] row) {
    Node node = tree;
    int cuts = 0;
    while (node instanceof Node.Cut cut) {
      node = row[cut.column()] < cut.at() ? cut.below() : cut.above();
      cuts++;
    }
    return cuts + typicalPath(((Node.Leaf) node).rows());
  }

  /** c(n): cuts of an unsuccessful search in a binary search tree of n rows, on average. */
  static double typicalPath(int n) {
    if (n <= 1) {
      return 0;
    }
    return n == 2 ? 1 : 2 * (Math.log(n - 1) + EULER) - 2.0 * (n - 1) / n;
  }
}
