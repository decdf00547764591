package io.gauntlet.defenses.incident;

/** What a finding is about. */
public enum Concern {
  /** Rows that somebody may have made to change what a model learns. */
  POISONING,
  /** A source that is distributed unlike trusted data, which poison may be the reason of. */
  DRIFT,
  /** Rows that are not as they should be, by accident or not: malformed, repeated, out of range. */
  FORM
}
