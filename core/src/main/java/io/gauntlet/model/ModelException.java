package io.gauntlet.model;

/** A model could not be read, could not answer, or answered something that is not an answer. */
public class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong, and which rule it broke. */
  public ModelException(String message) {
    super(message);
  }

  /** What was wrong, and the failure underneath. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
