package io.gauntlet.http;

import io.gauntlet.model.Check;
import java.time.Duration;
import java.util.Optional;

/**
 * When a busy server, status 429 or 503, is asked again. Every time is a query like the first.
 *
 * @param most requests after the first one; 0 for none
 * @param pause before the first retry where the server names none; doubles with every further one;
 *     not negative
 * @param longestPause bound on a pause; a server that asks for a longer one is given up
 */
public record Retries(int most, Duration pause, Duration longestPause) {
  /** Checks the bounds. */
  public Retries {
    Check.atLeast(0, most, "most");
    if (pause.isNegative() || longestPause.compareTo(pause) < 0) {
      throw new IllegalArgumentException(
          "pauses must not be negative nor above the longest %s, but was %s"
              .formatted(longestPause, pause));
    }
  }

  /** Four retries, after half a second, then 1, 2 and 4, or when the server says; at most 60 s. */
  public static Retries standard() {
    return new Retries(4, Duration.ofMillis(500), Duration.ofSeconds(60));
  }

  /** A busy server is a failure. */
  public static Retries none() {
    return new Retries(0, Duration.ZERO, Duration.ZERO);
  }

  /**
   * How long to wait before a retry; empty if the server asks for more than is allowed.
   *
   * @param retry 0 for the first
   * @param demanded what the server said, if it did
   */
  Optional<Duration> before(int retry, Optional<Duration> demanded) {
    if (demanded.isPresent()) {
      return demanded.filter(wait -> wait.compareTo(longestPause) <= 0);
    }
    Duration wait = pause;
    for (int doubled = 0; doubled < retry && wait.compareTo(longestPause) < 0; doubled++) {
      wait = wait.compareTo(longestPause.dividedBy(2)) > 0 ? longestPause : wait.multipliedBy(2);
    }
    return Optional.of(wait);
  }
}
