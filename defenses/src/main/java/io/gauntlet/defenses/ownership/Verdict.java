package io.gauntlet.defenses.ownership;

/** What evidence says at a level of significance. There is no acquittal: tests miss thefts. */
public enum Verdict {
  /** The suspect comes from the owner's model, or from its secret. */
  COPY,
  /** Not shown, which a copy whose thief has taken care looks like as well. */
  NOT_SHOWN
}
