package io.gauntlet.evaluate;

import java.time.Duration;
import java.util.Optional;

/** Time since something that takes long began, and the moment at which it must end. */
public final class Stopwatch {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE); // 292 years: no limit

  private final long start = System.nanoTime();
  private final long limitNanos;

  /** Starts to count, without an end. */
  public static Stopwatch start() {
    return new Stopwatch(Optional.empty());
  }

  Stopwatch(Optional<Duration> limit) {
    limitNanos =
        limit
            .filter(most -> most.compareTo(LONGEST) < 0)
            .map(Duration::toNanos)
            .orElse(Long.MAX_VALUE);
  }

  /** Wall-clock time so far. */
  public double seconds() {
    return (System.nanoTime() - start) * 1e-9;
  }

  boolean hasLimit() {
    return limitNanos != Long.MAX_VALUE;
  }

  /** Ends the attack that calls it when the time is up or its thread is told to stop. */
  void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new Stop(Stop.Reason.CANCELLED);
    }
    if (hasLimit() && System.nanoTime() - start >= limitNanos) {
      throw new Stop(Stop.Reason.TIME);
    }
  }
}
