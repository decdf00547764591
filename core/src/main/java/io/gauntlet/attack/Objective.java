package io.gauntlet.attack;

/** Which loss over the logits an attack climbs. */
public enum Objective {
  /** Cross-entropy; what most papers climb. */
  CROSS_ENTROPY,
  /** Logit margin; never saturates. */
  MARGIN,
  /** Difference of logits ratio; blind to the scale of the logits; needs 3 classes (4 targeted). */
  DLR
}
