package io.gauntlet.attack;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;

/**
 * Looks for inputs that reach a goal without leaving a neighbourhood.
 *
 * <p>Implementations are records: immutable, without state between calls, their {@code toString}
 * their name in reports. They never judge their own success; whoever calls {@link #perturb} checks
 * the answer. They treat every example by itself: what they return for one depends on that example
 * and the seed only, not on the others in the batch.
 *
 * @param <M> what the attack must know about the model: {@code DifferentiableModel} for white-box
 *     attacks, {@code Model} for black-box ones
 */
public interface Attack<M extends Model> {
  /**
   * Searches.
   *
   * @param model what to fool
   * @param allowed where to search, around one or more clean examples
   * @param goal what the model should answer
   * @param seed where randomness comes from
   * @return one candidate for each clean example of {@code allowed}, in the same order
   */
  Batch perturb(M model, Neighbourhood allowed, Goal goal, Seed seed);

  /** Norms whose threat models this attack works under; all of them unless it says otherwise. */
  default List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1(), Norm.l0());
  }

  /** Short name for tables, such as {@code PGD}; the full one is {@code toString}. */
  default String title() {
    return getClass().getSimpleName();
  }
}
