package io.gauntlet.evaluate;

/** A checkpoint file cannot be read or written, or belongs to another evaluation. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointException(String message) {
    super(message);
  }

  CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
