package io.gauntlet.examples.serving;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Requests under way, and whether new ones are still served. */
final class Traffic {
  private final Lock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private int underway;
  private boolean closed;

  /** Counts one more, and says whether it is served; it must {@link #leave} either way. */
  boolean enter() {
    lock.lock();
    try {
      underway++;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      underway--;
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int underway() {
    lock.lock();
    try {
      return underway;
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing new is served. Waits for what is under way, but no longer than that. */
  void close(Duration grace) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      long left = grace.toNanos();
      while (underway > 0 && left > 0) {
        left = quiet.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
