package io.gauntlet.defenses.detect;

/** What a detector has come to about a part of the training set. */
public enum Ruling {
  /** Looked at, and nothing was found: not a proof that there is nothing. */
  CLEAN,
  /** Some or all of its rows are flagged. */
  POISONED,
  /** Not looked at, for the reason given: it may be clean or not. */
  NOT_JUDGED
}
