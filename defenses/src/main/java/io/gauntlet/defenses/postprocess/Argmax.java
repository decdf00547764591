package io.gauntlet.defenses.postprocess;

/** What a guard may do to the class that the model chose. */
public enum Argmax {
  /** It stays the largest: honest clients who need only the class lose nothing. */
  KEPT,
  /** It may change. */
  FREE
}
