package io.gauntlet.onnx;

/** Why one node cannot be translated; never leaves the package. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refusal(String why) {
    super(why);
  }
}
