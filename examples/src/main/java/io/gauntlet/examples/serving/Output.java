package io.gauntlet.examples.serving;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The tensors a client may ask for. */
enum Output {
  PROBABILITIES,
  /** The natural logarithms of the probabilities up to a constant, for those who need logits. */
  LOGITS;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Output> of(String word) {
    return Arrays.stream(values()).filter(output -> output.word().equals(word)).findFirst();
  }
}
