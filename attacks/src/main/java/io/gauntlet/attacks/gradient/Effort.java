package io.gauntlet.attacks.gradient;

/** When an attack is through with an example. */
public enum Effort {
  /** As soon as it is fooled: the rest of its steps cannot change the verdict. */
  UNTIL_FOOLED,
  /** After all steps and restarts, for the example that is fooled by the widest margin. */
  ALL_STEPS
}
