package io.gauntlet.evaluate;

import java.util.concurrent.CancellationException;

/**
 * The thread that evaluates was interrupted. Its checkpoint, if it had one, holds what was done.
 */
public final class EvaluationCancelledException extends CancellationException {
  private static final long serialVersionUID = 1L;

  EvaluationCancelledException(String message) {
    super(message);
  }
}
