package io.gauntlet.defenses.train;

import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * What a way of training does with one batch; {@link Hardening} is the loop around it.
 *
 * <p>Implementations are records: immutable, without state between calls, so that a step depends on
 * its batch, its seed and the model only, and a run that was killed goes on as if it had not been.
 *
 * @param <M> what the recipe must know about the model
 */
public interface Recipe<M extends TrainableModel> {
  /**
   * Teaches the model one batch, in one or more optimiser steps.
   *
   * @param model what to train
   * @param allowed the clean batch, and what an attacker may make of it
   * @param labels true classes of at least these examples
   * @param seed where randomness comes from; another one for every step
   * @return mean loss that was stepped down, from before each step
   */
  double step(M model, Neighbourhood allowed, Labels labels, Seed seed);

  /**
   * What is done while epsilon is still growing; this recipe itself, unless it has more to change
   * with epsilon.
   *
   * @param share of its full size that epsilon has, from 0 to 1
   */
  default Recipe<M> at(double share) {
    return this;
  }
}
