package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A full decision tree with random splits, and the box of each of its leaves. */
final class Tree implements Model {
  private static final int CLASSES = 3;

  private final Domain domain;
  private final int features;
  private final Node root;

  private sealed interface Node {}

  private record Split(int feature, float threshold, Node low, Node high) implements Node {}

  private record Leaf(List<Float> scores) implements Node {}

  private Tree(Domain domain, int features, Node root) {
    this.domain = domain;
    this.features = features;
    this.root = root;
  }

  /** Thresholds lie inside the box of their node; {@code distinct} leaves answer differently. */
  static Tree of(Domain domain, int features, int depth, boolean distinct, Seed seed) {
    RandomGenerator random = seed.forExample(0);
    float[] lower = new float[features];
    float[] upper = new float[features];
    for (int j = 0; j < features; j++) {
      lower[j] = domain.lower(j);
      upper[j] = domain.upper(j);
    }
    return new Tree(domain, features, node(lower, upper, depth, distinct, random));
  }

  private static Node node(
      float[] lower, float[] upper, int depth, boolean distinct, RandomGenerator random) {
    if (depth == 0) {
      float likely = distinct ? random.nextFloat() * 3 : 2;
      int label = random.nextInt(CLASSES);
      return new Leaf(
          List.of(
              label == 0 ? likely : 0.5f, label == 1 ? likely : 0.5f, label == 2 ? likely : 0.5f));
    }
    int feature = random.nextInt(lower.length);
    float share = 0.2f + 0.6f * random.nextFloat();
    float threshold = lower[feature] + share * (upper[feature] - lower[feature]);
    float[] middleUp = upper.clone();
    middleUp[feature] = threshold;
    float[] middleDown = lower.clone();
    middleDown[feature] = Math.nextUp(threshold);
    return new Split(
        feature,
        threshold,
        node(lower, middleUp, depth - 1, distinct, random),
        node(middleDown, upper, depth - 1, distinct, random));
  }

  @Override
  public Shape inputShape() {
    return Shape.of(features);
  }

  @Override
  public Domain domain() {
    return domain;
  }

  @Override
  public int classes() {
    return CLASSES;
  }

  @Override
  public Batch logits(Batch inputs) {
    float[] logits = new float[inputs.rows() * CLASSES];
    for (int i = 0; i < inputs.rows(); i++) {
      Node node = root;
      while (node instanceof Split split) {
        node = inputs.get(i, split.feature) <= split.threshold ? split.low : split.high;
      }
      for (int k = 0; k < CLASSES; k++) {
        logits[i * CLASSES + k] = ((Leaf) node).scores.get(k);
      }
    }
    return inputs.withValues(CLASSES, logits);
  }

  /** Number of leaves, and lower and upper bounds of each, in no order. */
  Set<List<Float>> boxes() {
    Set<List<Float>> boxes = new HashSet<>();
    float[] lower = new float[features];
    float[] upper = new float[features];
    for (int j = 0; j < features; j++) {
      lower[j] = domain.lower(j);
      upper[j] = domain.upper(j);
    }
    collect(root, lower, upper, boxes);
    return boxes;
  }

  private static void collect(Node node, float[] lower, float[] upper, Set<List<Float>> boxes) {
    if (node instanceof Split split) {
      float[] middleUp = upper.clone();
      middleUp[split.feature] = split.threshold;
      float[] middleDown = lower.clone();
      middleDown[split.feature] = Math.nextUp(split.threshold);
      collect(split.low, lower, middleUp, boxes);
      collect(split.high, middleDown, upper, boxes);
    } else {
      boxes.add(box(Batch.of(lower, upper)));
    }
  }

  /** Bounds as a value. */
  static List<Float> box(Batch bounds) {
    List<Float> box = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < bounds.width(); j++) {
        box.add(bounds.get(i, j) + 0f); // -0 is 0
      }
    }
    return box;
  }
}
