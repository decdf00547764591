package io.gauntlet.defenses.certify.bounds;

/** Tries to prove or to refute that a network gives one label to every input of a region. */
public sealed interface Verifier permits BoundingMethod, BranchAndBound {
  /**
   * What is found. A verifier never guesses: what it cannot prove or refute is undecided.
   *
   * @throws IllegalArgumentException if the claim's threat model has no bound or no known dual norm
   */
  Verdict verify(Claim claim);

  /** A short name for tables. */
  String title();
}
