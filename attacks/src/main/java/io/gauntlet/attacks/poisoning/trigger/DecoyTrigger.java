package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;

/**
 * A trigger that is told from its like: there are decoys, nearly the same change, which the model
 * must learn to ignore.
 */
public sealed interface DecoyTrigger extends Trigger permits SampleSpecificTrigger, WarpTrigger {
  /**
   * The change that makes a decoy of one row.
   *
   * @param clean rows that {@code row} of the edit counts in
   * @param seed where this example's decoy is drawn from
   */
  Batch.RowEdit decoyOnto(Batch clean, Shape shape, Domain domain, Seed seed);

  /** The same rows as decoys. */
  default Batch decoy(Batch clean, Shape shape, Domain domain, Seed seed) {
    return Clipped.edit(clean, shape, domain, decoyOnto(clean, shape, domain, seed));
  }
}
