package io.gauntlet.defenses;

import io.gauntlet.model.ModelException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A guarded model does not answer a client any more, or not yet. */
public final class QueryLimitExceededException extends ModelException {
  private static final long serialVersionUID = 1L;

  private final String guard;
  private final @Nullable Duration retryAfter;

  QueryLimitExceededException(Reply.Limited limited) {
    super(
        limited.reason()
            + limited
                .retryAfter()
                .map(wait -> ", retry after " + wait)
                .orElse(", waiting does not help"));
    guard = limited.guard();
    retryAfter = limited.retryAfter().orElse(null);
  }

  /** When the same query could pass if nobody else asked; empty if waiting does not help. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The guard that refused. */
  public String guard() {
    return guard;
  }
}
