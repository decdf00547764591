package io.gauntlet.http;

import io.gauntlet.model.ModelException;

/** A server gave no scores. The message names the endpoint, what came and what was expected. */
public final class HttpModelException extends ModelException {
  private static final long serialVersionUID = 1L;

  /** Why there are no scores. */
  public enum Reason {
    /** No connection: nobody listens, no such host, no trust. */
    UNREACHABLE,
    /** The connection was closed before the answer was complete. */
    BROKEN_OFF,
    /** The answer was not complete within {@link HttpOptions#timeout}. */
    TOO_SLOW,
    /** Status 429 or 503, and no retry left or a longer wait demanded than is allowed. */
    BUSY,
    /** Any other status that is not a success. */
    REFUSED,
    /** More bytes than {@link HttpOptions#largestAnswer}. */
    TOO_LARGE,
    /** A success that cannot be read as scores: no HTTP, no JSON, or not the JSON agreed on. */
    UNREADABLE,
    /** Scores, but not one row for each input, or not one score for each class. */
    WRONG_SHAPE,
    /** Scores of which one is NaN or infinite. */
    NOT_FINITE,
    /** The calling thread was interrupted; its flag is set. */
    INTERRUPTED
  }

  private final Reason reason;

  HttpModelException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  HttpModelException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why there are no scores. */
  public Reason reason() {
    return reason;
  }
}
