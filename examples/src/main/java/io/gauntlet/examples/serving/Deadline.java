package io.gauntlet.examples.serving;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends what a thread waits for on a connection when its time is up. Only an interruption does, and
 * it closes the connection; so whatever is still to be said is said just before.
 */
final class Deadline implements AutoCloseable {
  private final Thread waiting = Thread.currentThread();
  private final Runnable lastWords;
  private final ScheduledFuture<?> alarm;
  private boolean over;
  private boolean passed;

  private Deadline(ScheduledExecutorService watch, Duration patience, Runnable lastWords) {
    this.lastWords = lastWords;
    alarm = watch.schedule(this::strike, patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** For the calling thread, until closed. */
  static Deadline in(Duration patience, ScheduledExecutorService watch, Runnable lastWords) {
    return new Deadline(watch, patience, lastWords);
  }

  private synchronized void strike() {
    if (!over) {
      passed = true;
      try {
        lastWords.run();
      } finally {
        waiting.interrupt();
      }
    }
  }

  synchronized boolean hasPassed() {
    return passed;
  }

  @Override
  public synchronized void close() {
    over = true;
    alarm.cancel(false);
    if (passed) {
      Thread.interrupted(); // it was meant for the connection, not for this thread's next task
    }
  }
}
