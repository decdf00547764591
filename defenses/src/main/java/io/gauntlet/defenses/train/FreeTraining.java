package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Free adversarial training: every batch is replayed, and the backward pass of each step also moves
 * the perturbation that the next one is taken at.
 *
 * <p>Follows Shafahi, Najibi, Ghiasi, Xu, Dickerson, Studer, Davis, Taylor, Goldstein: <a
 * href="https://arxiv.org/abs/1904.12843">Adversarial Training for Free!</a>, NeurIPS 2019. One
 * epoch makes {@code replays} steps of each batch, so that the paper divides the epochs by as many.
 * Differs from it in one way: the first perturbation of a batch is drawn at random, not the one
 * that the last batch, of other images, ended with; a step then depends on its batch alone.
 *
 * @param replays optimiser steps on each batch; at least 2, with 1 nothing would be attacked
 * @param stepSize how far one backward pass moves the perturbation, in radii; finite, positive
 */
public record FreeTraining(int replays, float stepSize) implements Recipe<TrainableModel> {
  /** Checks the hyperparameters. */
  public FreeTraining {
    Check.atLeast(2, replays, "replays");
    Check.positive(stepSize, "stepSize");
  }

  /** Eight replays and steps of one radius, the paper's values for CIFAR-10. */
  public static FreeTraining standard() {
    return new FreeTraining(8, 1);
  }

  /** The same with another number of replays. */
  public FreeTraining withReplays(int newReplays) {
    return new FreeTraining(newReplays, stepSize);
  }

  /** The same with steps of another length. */
  public FreeTraining withStepSize(float newStepSize) {
    return new FreeTraining(replays, newStepSize);
  }

  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    CrossEntropy loss = new CrossEntropy(labels);
    Batch x = allowed.sample(seed);
    double sum = 0;
    for (int replay = 0; replay < replays; replay++) {
      Gradient before = model.trainAndDifferentiate(x, loss);
      x = allowed.ascended(x, before.byInput(), stepSize * allowed.radius());
      for (int row = 0; row < x.rows(); row++) {
        sum += before.losses().get(row, 0) / x.rows();
      }
    }
    return sum / replays;
  }
}
