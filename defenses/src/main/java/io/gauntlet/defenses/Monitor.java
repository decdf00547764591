package io.gauntlet.defenses;

import io.gauntlet.model.Batch;
import java.util.Optional;

/** Watches what clients ask and are told, and changes nothing. */
public non-sealed interface Monitor extends Guard {
  /**
   * Takes note of one answered query.
   *
   * @param probabilities shape (rows, classes), as they are at this place in the order of guards
   * @return an alarm, the first time that this client is suspected; afterwards the monitor keeps
   *     silent about the client for as long as it remembers it
   */
  Optional<Alarm> observe(Query query, Batch probabilities);
}
