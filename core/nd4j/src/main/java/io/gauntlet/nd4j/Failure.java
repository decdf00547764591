package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;

/** What ND4J throws, as the exception that the contracts name. */
final class Failure {
  private Failure() {}

  /** A failure of ours as it is; any other as the cause of one that starts with {@code what}. */
  static ModelException of(String what, RuntimeException cause) {
    if (cause instanceof ModelException ours) {
      return ours;
    }
    return new ModelException(what + ": " + reason(cause), cause);
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    if (message == null || message.isBlank()) {
      return cause.getClass().getSimpleName();
    }
    return message.strip().lines().findFirst().orElse("");
  }
}
