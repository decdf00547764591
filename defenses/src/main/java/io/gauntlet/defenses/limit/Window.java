package io.gauntlet.defenses.limit;

import io.gauntlet.model.Check;
import java.time.Duration;

/**
 * A token bucket: {@code rows} at once, and as many again spread evenly over each {@code per}.
 *
 * <p>So in any span of time at most {@code rows * (1 + span / per)} rows pass, and over a long one
 * {@code rows} in each {@code per}.
 *
 * @param rows capacity; at least 1
 * @param per time in which an empty bucket fills; positive, at least a nanosecond for each row, at
 *     most 100 years
 */
public record Window(long rows, Duration per) {
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /** Checks that Bucket4j can count them. */
  public Window {
    Check.atLeast(1, rows, "rows");
    if (per.compareTo(LONGEST) > 0 || per.compareTo(Duration.ofNanos(rows)) < 0) {
      throw new IllegalArgumentException(
          "a window of %s rows must last from %s to %s, but was %s"
              .formatted(rows, Duration.ofNanos(rows), LONGEST, per));
    }
  }

  @Override
  public String toString() {
    return rows + " rows per " + per;
  }
}
