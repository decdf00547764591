package io.gauntlet.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The threads that call the model. What they find is handed to the thread that waits for them. */
public final class Workers implements AutoCloseable {
  private final ExecutorService pool;

  /** A piece of work. */
  @FunctionalInterface
  public interface Task<T> {
    /** Does it. */
    T run();
  }

  /**
   * Starts them.
   *
   * @param count as many as the model likes, see {@link io.gauntlet.model.Concurrency#workers}
   */
  public Workers(int count) {
    AtomicInteger number = new AtomicInteger();
    pool =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(work, "gauntlet-worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs all tasks; the first failure stops the others and is thrown.
   *
   * @param finished is given every result as it comes, by the calling thread
   * @throws EvaluationCancelledException if the calling thread is interrupted
   */
  public <T> void run(List<Task<T>> tasks, Consumer<T> finished) {
    CompletionService<T> completion = new ExecutorCompletionService<>(pool);
    List<Future<T>> futures = new ArrayList<>();
    for (Task<T> task : tasks) {
      futures.add(completion.submit(task::run));
    }
    try {
      for (int i = 0; i < tasks.size(); i++) {
        finished.accept(completion.take().get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EvaluationCancelledException("the evaluation was interrupted");
    } catch (ExecutionException e) {
      throw rethrown(e);
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  private static RuntimeException rethrown(ExecutionException failure) {
    if (failure.getCause() instanceof Error error) {
      throw error;
    }
    if (failure.getCause() instanceof RuntimeException exception) {
      return exception;
    }
    return new IllegalStateException("a task declares no checked exception", failure);
  }

  /** Waits for the threads: none touches the model after the evaluation has ended. */
  @Override
  public void close() {
    pool.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (pool.awaitTermination(1, TimeUnit.HOURS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true; // the workers see it at their next call of the model
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
