package io.gauntlet.defenses.train;

import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Fast adversarial training: one long step from a random start in place of many short ones, at two
 * passes a batch.
 *
 * <p>Follows Wong, Rice, Kolter: <a href="https://arxiv.org/abs/2001.03994">Fast is better than
 * free</a>, ICLR 2020. It may collapse from one epoch to the next: the model learns to fool the one
 * step and falls to any other attack, while the training loss looks better than ever. A {@link
 * Guard} watches for that; train without one at your own risk.
 *
 * @param stepSize length of the step in radii; finite, positive
 */
public record FastTraining(float stepSize) implements Recipe<TrainableModel> {
  /** Checks the step. */
  public FastTraining {
    Check.positive(stepSize, "stepSize");
  }

  /** A step of 1.25 radii. */
  public static FastTraining standard() {
    return new FastTraining(1.25f);
  }

  /** The same with a step of another length. */
  public FastTraining withStepSize(float newStepSize) {
    return new FastTraining(newStepSize);
  }

  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    return AdversarialTraining.against(new ProjectedAscent(1, stepSize))
        .step(model, allowed, labels, seed);
  }
}
