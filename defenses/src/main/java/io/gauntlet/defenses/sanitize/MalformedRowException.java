package io.gauntlet.defenses.sanitize;

/** Carries the reason out of a parser; never leaves the package. */
final class MalformedRowException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Reason reason;

  MalformedRowException(String rule, String detail) {
    super(detail, null, false, false);
    reason = new Reason(rule, detail);
  }

  Reason reason() {
    return reason;
  }
}
