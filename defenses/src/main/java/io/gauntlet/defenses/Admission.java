package io.gauntlet.defenses;

import java.util.Optional;

/** Decides before the model is asked whether it may be. */
public non-sealed interface Admission extends Guard {
  /**
   * Charges the query to its client, all rows or none.
   *
   * @return why it may not pass, and then nothing is charged; empty if it may
   */
  Optional<Reply.Limited> admit(Query query);

  /** Undoes the charge of an admitted query that was not answered: the client owes nothing. */
  default void giveBack(Query query) {}

  /** Hears of every alarm that a monitor of the same {@link GuardedModel} raises. */
  default void alarmed(Alarm alarm, Query query) {}
}
