package io.gauntlet.defenses.limit;

import io.github.bucket4j.TimeMeter;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The latest arrival of a query: time that never runs backwards, whatever the clock does. */
final class LatestTime implements TimeMeter {
  private final AtomicLong nanos = new AtomicLong(Long.MIN_VALUE);

  void advanceTo(Instant at) {
    long sinceEpoch =
        Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
    if (nanos.get() < sinceEpoch) {
      nanos.accumulateAndGet(sinceEpoch, Math::max);
    }
  }

  @Override
  public long currentTimeNanos() {
    return nanos.get();
  }

  @Override
  public boolean isWallClockBased() {
    return true;
  }
}
