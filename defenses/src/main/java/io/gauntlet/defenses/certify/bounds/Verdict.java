package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Batch;

/** What is known of one claim. */
public sealed interface Verdict {
  /** Position of the example in its data set. */
  long example();

  /** The label that was claimed. */
  int label();

  /** Short name of the verifier that said so last. */
  String method();

  /**
   * Every input of the region has the label.
   *
   * @param margin how much larger the label's logit is than any other, at least; positive
   */
  record Certified(long example, int label, String method, double margin) implements Verdict {}

  /**
   * An input of the region has another label.
   *
   * @param prediction what the network answers to it
   * @param counterexample that input: one row, standing for the example; the clean input where that
   *     is misclassified already
   */
  record Falsified(long example, int label, int prediction, String method, Batch counterexample)
      implements Verdict {}

  /**
   * Neither was shown.
   *
   * @param margin how much larger the label's logit is than any other, at least; not positive
   */
  record Undecided(long example, int label, String method, double margin) implements Verdict {}
}
