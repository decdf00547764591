package io.gauntlet.examples.serving;

/** A request that gets no answer. The message names the value and the rule, for the client. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final Outcome outcome;

  Refusal(Outcome outcome, String message) {
    super(message, null, false, false); // an everyday event, so without the price of a stack trace
    this.outcome = outcome;
  }

  Outcome outcome() {
    return outcome;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
