package io.gauntlet.evaluate;

/** What happened to one example. */
public sealed interface Outcome {
  /** Position of the example in its data set. */
  long example();

  /** True class. */
  int label();

  /** What the model answers in the end: to the adversarial example if there is one. */
  int prediction();

  /** The model was wrong before any attack. */
  record Misclassified(long example, int label, int prediction) implements Outcome {}

  /** No attack reached the goal. */
  record Survived(long example, int label, int prediction) implements Outcome {}

  /**
   * An attack reached the goal.
   *
   * @param attack its {@code toString}, hyperparameters included
   * @param distance size of the perturbation, in the threat's norm and input units
   */
  record Fooled(long example, int label, int prediction, String attack, double distance)
      implements Outcome {}

  /**
   * The time was up before every attack had its turn; not known to be robust.
   *
   * @param prediction on the clean input, or -1 if even that was not asked
   */
  record Unfinished(long example, int label, int prediction) implements Outcome {}
}
