package io.gauntlet.attacks.gradient;

/** Where the first run of an iterative attack begins; restarts always begin at random. */
public enum Start {
  /** At the clean example. */
  CLEAN,
  /** At a point drawn uniformly from the ball. */
  RANDOM
}
