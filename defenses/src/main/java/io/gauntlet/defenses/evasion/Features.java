package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.ModelException;
import java.util.ArrayList;
import java.util.List;

/** The penultimate layer as detectors look at it and attackers go back through it. */
final class Features {
  private static final int AT_ONCE = 512;

  private Features() {}

  /**
   * The model's penultimate layer.
   *
   * @throws ModelException if it cannot be differentiated
   */
  static DifferentiableModel of(FeatureModel model) {
    if (model.features() instanceof DifferentiableModel features) {
      return features;
    }
    throw new ModelException(
        "a detector's attackers differentiate its features, but those of %s cannot be"
            .formatted(model.fingerprint()));
  }

  /** The features of many inputs, in parts. */
  static double[][] of(DifferentiableModel features, Batch inputs) {
    Batch answers = asBatch(features, inputs);
    double[][] all = new double[answers.rows()][];
    for (int row = 0; row < all.length; row++) {
      all[row] = of(answers, row);
    }
    return all;
  }

  /**
   * The features of many inputs, in parts.
   *
   * @param inputs at least one
   */
  static Batch asBatch(DifferentiableModel features, Batch inputs) {
    List<Batch> parts = new ArrayList<>();
    for (int from = 0; from < inputs.rows(); from += AT_ONCE) {
      Batch part = inputs.slice(from, Math.min(inputs.rows(), from + AT_ONCE));
      parts.add(part.answeredBy(features.logits(part)));
    }
    return Batch.concat(parts);
  }

  /** The features in one row. */
  static double[] of(Batch answers, int row) {
    double[] features = new double[answers.width()];
    for (int k = 0; k < features.length; k++) {
      features[k] = answers.get(row, k);
    }
    return features;
  }
}
