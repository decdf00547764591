package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;

/**
 * Extraction by calculation: works the victim's parameters out of its answers, for victims of one
 * family. Implementations are records, their {@code toString} their name in reports.
 *
 * @param <S> kind of copy
 */
public interface Reconstruction<S extends Model> {
  /**
   * Steals.
   *
   * @param oracle the victim; must reveal all scores
   * @param judge measures the copy
   * @param seed where randomness comes from
   * @return the copy, exact or the best that the budget allowed
   * @throws IllegalArgumentException if the victim does not reveal what the attack needs
   */
  Extraction<S> extract(Oracle oracle, Judge judge, Seed seed);
}
