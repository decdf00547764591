package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.TrainableModel;

/** What {@link LearnedDetector} has taught. */
record TwoLogits(LearnedDetector settings, TrainableModel net) implements EvasionDetector {
  static final int CLEAN = 0;
  static final int ADVERSARIAL = 1;

  @Override
  public ForwardPass forward(Batch inputs) {
    ForwardPass pass = net.forward(inputs);
    try {
      return new Difference(pass, differences(inputs.answeredBy(pass.logits())));
    } catch (RuntimeException e) {
      pass.close();
      throw e;
    }
  }

  private static Batch differences(Batch logits) {
    float[] scores = new float[logits.rows()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = logits.get(row, ADVERSARIAL) - logits.get(row, CLEAN);
      if (!Float.isFinite(scores[row])) {
        throw new ModelException(
            "every score must be finite, but that of example %s was %s"
                .formatted(logits.example(row), scores[row]));
      }
    }
    return logits.withValues(1, scores);
  }

  @Override
  public boolean isThreadSafe() {
    return net.concurrency().threadSafe();
  }

  @Override
  public String route() {
    return "exact gradient";
  }

  @Override
  public String toString() {
    return settings.toString();
  }

  private record Difference(ForwardPass pass, Batch logits) implements ForwardPass {
    @Override
    public Batch backward(Batch byScore) {
      float[] byLogit = new float[2 * byScore.rows()];
      for (int row = 0; row < byScore.rows(); row++) {
        byLogit[2 * row + ADVERSARIAL] = byScore.get(row, 0);
        byLogit[2 * row + CLEAN] = -byScore.get(row, 0);
      }
      return pass.backward(byScore.withValues(2, byLogit));
    }

    @Override
    public void close() {
      pass.close();
    }
  }
}
