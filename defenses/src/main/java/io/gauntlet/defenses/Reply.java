package io.gauntlet.defenses;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a query ended; closed, so that a server can give each end its status code. */
public sealed interface Reply {
  /**
   * Answered (200).
   *
   * @param probabilities shape (rows, classes), after all output guards
   * @param logits the model's own where no output guard stands, otherwise the natural logarithms of
   *     the probabilities, those of 0 as -87.3
   * @param alarms what the monitors said; never for the client
   */
  record Answered(Batch probabilities, Batch logits, List<Alarm> alarms) implements Reply {
    /** Copies the alarms. */
    public Answered {
      alarms = List.copyOf(alarms);
    }
  }

  /**
   * Over a limit (429), and not charged.
   *
   * @param guard which guard refused
   * @param reason the limit and what was asked; fit for the client
   * @param retryAfter when the same query could pass if nobody else asked; empty if waiting does
   *     not help
   */
  record Limited(String guard, String reason, Optional<Duration> retryAfter) implements Reply {
    /** Whole seconds for the header Retry-After, rounded up; empty if waiting does not help. */
    public Optional<Long> retryAfterSeconds() {
      return retryAfter.map(wait -> wait.plusNanos(999_999_999).toSeconds());
    }
  }

  /**
   * Not a query for this model (400), and not charged.
   *
   * @param reason the value and the rule; fit for the client
   */
  record Invalid(String reason) implements Reply {}

  /**
   * The model failed (500 or 503), and the query is not charged.
   *
   * @param cause for the operator; its message may tell more than a client should know
   */
  record Failed(ModelException cause) implements Reply {}
}
