package io.gauntlet.model;

/**
 * How a model wants to be driven.
 *
 * @param workers threads that should call the model at the same time; at least 1
 * @param preferredBatch examples per call at which the model is efficient; at least 1
 * @param threadSafe whether several threads may call at the same time; if not, workers must be 1
 */
public record Concurrency(int workers, int preferredBatch, boolean threadSafe) {
  /** One caller at a time, 64 examples per call. */
  public static final Concurrency SINGLE_THREADED = new Concurrency(1, 64);

  /** Checks that they fit. */
  public Concurrency {
    Check.atLeast(1, workers, "workers");
    Check.atLeast(1, preferredBatch, "preferredBatch");
    checkWorkers(workers, threadSafe);
  }

  /** Thread-safe if there is to be more than one worker. */
  public Concurrency(int workers, int preferredBatch) {
    this(workers, preferredBatch, workers > 1);
  }

  /** As many callers as there are cores, {@code preferredBatch} examples per call. */
  public static Concurrency threadSafe(int preferredBatch) {
    return new Concurrency(Runtime.getRuntime().availableProcessors(), preferredBatch, true);
  }

  /** What suits a model that asks this one about so many copies of every input at once. */
  public Concurrency withCopies(int copies) {
    Check.atLeast(1, copies, "copies");
    return new Concurrency(workers, Math.max(1, preferredBatch / copies), threadSafe);
  }

  /** Returns {@code wanted}, which must be 1 where the model is not thread-safe. */
  public int checkWorkers(int wanted) {
    return checkWorkers(wanted, threadSafe);
  }

  private static int checkWorkers(int wanted, boolean threadSafe) {
    if (wanted > 1 && !threadSafe) {
      throw new IllegalArgumentException(
          "workers must be 1 for a model that is not thread-safe, but was " + wanted);
    }
    return wanted;
  }
}
