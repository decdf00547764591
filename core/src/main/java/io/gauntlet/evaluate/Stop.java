package io.gauntlet.evaluate;

/** Unwinds an attack at a limit; thrown by the meter, caught by the evaluation only. */
final class Stop extends RuntimeException {
  private static final long serialVersionUID = 1L;

  enum Reason {
    QUERIES,
    TIME,
    CANCELLED
  }

  private final Reason reason;

  Stop(Reason reason) {
    super(reason.name(), null, false, false); // control flow: no stack trace
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
