package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;

/** A pass through a model's features and a score of these. */
final class FeaturePass implements ForwardPass {
  /** A score of the features of one input, with its derivative. */
  @FunctionalInterface
  interface Score {
    /**
     * The score, and where it rises to.
     *
     * @param features of one input
     * @param slope receives the derivative of the score by the features
     */
    double at(double[] features, double[] slope);
  }

  private final ForwardPass features;
  private final Batch scores;
  private final double[][] slopes;

  FeaturePass(ForwardPass features, Score score) {
    this.features = features;
    Batch answers = features.logits();
    slopes = new double[answers.rows()][answers.width()];
    float[] values = new float[answers.rows()];
    for (int row = 0; row < values.length; row++) {
      values[row] = (float) score.at(Features.of(answers, row), slopes[row]);
      if (!Float.isFinite(values[row])) {
        throw new ModelException(
            "every score must be finite, but that of example %s was %s"
                .formatted(answers.example(row), values[row]));
      }
    }
    scores = answers.withValues(1, values);
  }

  @Override
  public Batch logits() {
    return scores;
  }

  @Override
  public Batch backward(Batch byScore) {
    return features.backward(
        features
            .logits()
            .editRows(
                (row, byFeature) -> {
                  for (int k = 0; k < byFeature.length; k++) {
                    byFeature[k] = (float) (byScore.get(row, 0) * slopes[row][k]);
                  }
                }));
  }

  @Override
  public void close() {
    features.close();
  }
}
