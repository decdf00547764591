package io.gauntlet.djl;

import io.gauntlet.model.ModelException;
import java.util.regex.Pattern;

/** What DJL throws, as the exception that the contracts name. */
final class Failure {
  private static final Pattern PYTHON_ERROR = Pattern.compile("[\\w.]+Error: ");

  private Failure() {}

  /** A failure of ours as it is; any other as the cause of one that starts with {@code what}. */
  static ModelException of(String what, RuntimeException cause) {
    if (cause instanceof ModelException ours) {
      return ours;
    }
    return new ModelException(what + ": " + reason(String.valueOf(cause.getMessage())), cause);
  }

  /** The line that says what is wrong: TorchScript puts it below its own stack trace. */
  private static String reason(String message) {
    return message
        .lines()
        .filter(line -> PYTHON_ERROR.matcher(line).lookingAt())
        .findFirst()
        .or(() -> message.strip().lines().findFirst())
        .orElse("");
  }
}
