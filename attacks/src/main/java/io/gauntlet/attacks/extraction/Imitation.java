package io.gauntlet.attacks.extraction;

import io.gauntlet.data.Examples;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;

/**
 * Extraction by learning: trains a surrogate on the victim's answers, whatever the two are made of
 * and whatever is revealed. Implementations are records, their {@code toString} their name in
 * reports.
 */
public interface Imitation {
  /**
   * Steals.
   *
   * @param <S> kind of copy
   * @param oracle the victim
   * @param surrogate what to train, in place, from its present weights on
   * @param pool the thief's own inputs, at least one, of whatever origin; their labels are the
   *     thief's too and need have nothing to do with the victim's classes
   * @param judge measures the copy
   * @param seed where randomness comes from
   * @return the surrogate, trained
   * @throws IllegalArgumentException if victim, surrogate and pool do not fit
   */
  <S extends TrainableModel> Extraction<S> extract(
      Oracle oracle, S surrogate, Examples pool, Judge judge, Seed seed);
}
