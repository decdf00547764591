package io.gauntlet.evaluate;

/** A checkpoint file cannot be read or written, or belongs to another run. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the file and what is wrong with it. */
  public CheckpointException(String message) {
    super(message);
  }

  /** Names the file and what is wrong with it. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
