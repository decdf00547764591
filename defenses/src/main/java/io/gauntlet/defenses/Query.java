package io.gauntlet.defenses;

import io.gauntlet.model.Batch;
import java.time.Instant;

/**
 * What one client asks at one moment.
 *
 * <p>Time travels with the query, so that no guard has a clock of its own.
 *
 * @param client public name of the asking party, such as the id of an account; never a secret,
 *     because it appears in audits and messages; not blank
 * @param inputs shape (rows, features)
 * @param at when it arrived
 */
public record Query(String client, Batch inputs, Instant at) {
  /** Checks the name. */
  public Query {
    if (client.isBlank()) {
      throw new IllegalArgumentException("a client needs a name, but it was blank");
    }
  }

  /** What the query costs: its number of rows, however they are spread over calls. */
  public int rows() {
    return inputs.rows();
  }
}
