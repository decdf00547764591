package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Batch;

/** Encloses what a network can answer in a region. */
public sealed interface BoundingMethod extends Verifier permits IntervalBounds, LinearBounds {
  /** A box around the logits. */
  Box logits(Claim claim);

  /**
   * Lower bounds of the label's logit minus that of each class. Each difference is bounded
   * directly, which is never worse than the difference of two bounds.
   */
  Margins margins(Claim claim);

  /** Certified if every margin is positive; falsified only where the input itself is. */
  @Override
  default Verdict verify(Claim claim) {
    Batch input = claim.input();
    int prediction = claim.predictionOf(input);
    if (prediction != claim.label()) {
      return new Verdict.Falsified(claim.example(), claim.label(), prediction, title(), input);
    }
    double least = margins(claim).least();
    return least > 0
        ? new Verdict.Certified(claim.example(), claim.label(), title(), least)
        : new Verdict.Undecided(claim.example(), claim.label(), title(), least);
  }
}
