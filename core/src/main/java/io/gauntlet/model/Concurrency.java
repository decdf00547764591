package io.gauntlet.model;

/**
 * How a model wants to be driven.
 *
 * @param workers most threads that may call the model at the same time; at least 1
 * @param preferredBatch examples per call at which the model is efficient; at least 1
 */
public record Concurrency(int workers, int preferredBatch) {
  /** One caller at a time, 64 examples per call. */
  public static final Concurrency SINGLE_THREADED = new Concurrency(1, 64);

  /** Checks both. */
  public Concurrency {
    Check.atLeast(1, workers, "workers");
    Check.atLeast(1, preferredBatch, "preferredBatch");
  }

  /** As many callers as there are cores, {@code preferredBatch} examples per call. */
  public static Concurrency threadSafe(int preferredBatch) {
    return new Concurrency(Runtime.getRuntime().availableProcessors(), preferredBatch);
  }
}
