package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * A decision tree as the set of its leaves, each the box of inputs that reach it. An input in no
 * known box is answered as the nearest one, in units of the features' ranges. Thread-safe.
 */
public final class StolenTree implements Model {
  /**
   * A leaf.
   *
   * @param bounds the smallest and the largest value of every feature that reach it, as two rows
   * @param scores logarithms of the probabilities that it answers, as one row
   */
  public record Leaf(Batch bounds, Batch scores) {
    private double distance(Box box, Batch inputs, int row) {
      double distance = 0;
      for (int j = 0; j < inputs.width(); j++) {
        double x = inputs.get(row, j);
        double outside = Math.max(bounds.get(0, j) - x, x - bounds.get(1, j));
        distance += Math.max(0, outside) / box.width(j);
      }
      return distance;
    }
  }

  private final Shape inputShape;
  private final Domain domain;
  private final List<Leaf> leaves;

  /** At least one leaf. */
  StolenTree(Shape inputShape, Domain domain, List<Leaf> leaves) {
    this.inputShape = inputShape;
    this.domain = domain;
    this.leaves = List.copyOf(leaves);
  }

  /** The leaves, in the order they were found. */
  public List<Leaf> leaves() {
    return leaves;
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public Domain domain() {
    return domain;
  }

  @Override
  public int classes() {
    return leaves.get(0).scores().width();
  }

  @Override
  public Concurrency concurrency() {
    return Concurrency.threadSafe(64);
  }

  @Override
  public Batch logits(Batch inputs) {
    Box box = new Box(domain, inputShape.size());
    float[] logits = new float[inputs.rows() * classes()];
    for (int i = 0; i < inputs.rows(); i++) {
      float[] scores = nearest(box, inputs, i).scores().row(0);
      System.arraycopy(scores, 0, logits, i * classes(), classes());
    }
    return inputs.withValues(classes(), logits);
  }

  private Leaf nearest(Box box, Batch inputs, int row) {
    Leaf nearest = leaves.get(0);
    double least = Double.POSITIVE_INFINITY;
    for (Leaf leaf : leaves) {
      double distance = leaf.distance(box, inputs, row);
      if (distance == 0) {
        return leaf;
      }
      if (distance < least) {
        least = distance;
        nearest = leaf;
      }
    }
    return nearest;
  }
}
