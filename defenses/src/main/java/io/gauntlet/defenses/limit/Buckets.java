package io.gauntlet.defenses.limit;

import io.github.bucket4j.BandwidthBuilder;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.LocalBucketBuilder;
import io.github.bucket4j.local.SynchronizationStrategy;
import java.math.BigInteger;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/** One token bucket for each window, taken from all at once or not at all. */
final class Buckets {
  /** No waiting helps. */
  static final long NEVER = Long.MAX_VALUE;

  private final List<Window> windows;
  private final LatestTime time;
  private final @Nullable Bucket bucket; // Bucket4j makes none without windows

  private Buckets(List<Window> windows, LatestTime time, @Nullable Bucket bucket) {
    this.windows = windows;
    this.time = time;
    this.bucket = bucket;
  }

  /** Full buckets that many threads may use. */
  static Buckets shared(List<Window> windows, LatestTime time) {
    return of(windows, time, SynchronizationStrategy.LOCK_FREE, window -> Long.MIN_VALUE);
  }

  /**
   * Buckets that one thread uses at a time.
   *
   * @param fullAt when the bucket of each window will be full
   */
  static Buckets confined(List<Window> windows, LatestTime time, IntToLongFunction fullAt) {
    return of(windows, time, SynchronizationStrategy.NONE, fullAt);
  }

  private static Buckets of(
      List<Window> windows,
      LatestTime time,
      SynchronizationStrategy strategy,
      IntToLongFunction fullAt) {
    if (windows.isEmpty()) {
      return new Buckets(windows, time, null);
    }
    LocalBucketBuilder builder =
        Bucket.builder().withCustomTimePrecision(time).withSynchronizationStrategy(strategy);
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      long tokens = window.rows() - missing(window, fullAt.applyAsLong(i), time);
      BandwidthBuilder.BandwidthBuilderRefillStage capacity =
          BandwidthBuilder.builder().capacity(window.rows());
      builder.addLimit(
          capacity.refillGreedy(window.rows(), window.per()).initialTokens(tokens).build());
    }
    return new Buckets(windows, time, builder.build());
  }

  /** Rows missing now in a bucket that will be full then, rounded up. */
  private static long missing(Window window, long fullAt, LatestTime time) {
    if (fullAt <= time.currentTimeNanos()) {
      return 0;
    }
    BigInteger wait = BigInteger.valueOf(fullAt - time.currentTimeNanos());
    BigInteger rows = ceiling(wait, window.rows(), window.per().toNanos());
    return rows.min(BigInteger.valueOf(window.rows())).longValueExact();
  }

  /** When the bucket of one window will be full if nobody takes from it, rounded up. */
  long fullAt(int window) {
    if (bucket == null) {
      throw new IllegalArgumentException("there is no window " + window);
    }
    Window of = windows.get(window);
    long available =
        bucket
            .asVerbose()
            .getAvailableTokens()
            .getDiagnostics()
            .getAvailableTokensPerEachBandwidth()[window];
    BigInteger missing = BigInteger.valueOf(of.rows() - available);
    BigInteger wait = ceiling(missing, of.per().toNanos(), of.rows());
    return Math.addExact(time.currentTimeNanos(), wait.longValueExact());
  }

  private static BigInteger ceiling(BigInteger value, long times, long by) {
    BigInteger product = value.multiply(BigInteger.valueOf(times));
    return product.add(BigInteger.valueOf(by - 1)).divide(BigInteger.valueOf(by));
  }

  /** Takes {@code rows} and returns 0, or takes nothing and returns the nanoseconds to wait. */
  long take(long rows) {
    if (bucket == null) {
      return 0;
    }
    if (rows > most()) {
      return NEVER;
    }
    return bucket.tryConsumeAndReturnRemaining(rows).getNanosToWaitForRefill();
  }

  /** Nanoseconds until {@code rows} could be taken; 0 for now. */
  long waitFor(long rows) {
    if (bucket == null) {
      return 0;
    }
    return rows > most() ? NEVER : bucket.estimateAbilityToConsume(rows).getNanosToWaitForRefill();
  }

  void giveBack(long rows) {
    if (bucket != null) {
      bucket.addTokens(rows);
    }
  }

  private long most() {
    return windows.stream().mapToLong(Window::rows).min().orElse(Long.MAX_VALUE);
  }
}
