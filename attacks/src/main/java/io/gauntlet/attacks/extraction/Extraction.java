package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Check;
import io.gauntlet.model.Model;
import java.util.List;

/**
 * What an extraction attack brought home.
 *
 * @param <S> kind of copy
 * @param surrogate the copy
 * @param queries inputs the victim was asked about
 * @param ending why the attack stopped
 * @param curve fidelity against queries, as the attack went on; the last point is the surrogate's
 */
public record Extraction<S extends Model>(
    S surrogate, long queries, Ending ending, List<Point> curve) {
  /** Why an attack stopped. */
  public enum Ending {
    /** It has done all it set out to do. */
    COMPLETE,
    /** The query budget did not reach further; the surrogate is the best there was by then. */
    BUDGET_SPENT,
    /** The victim is not of the family that the attack can copy, or its answers are too coarse. */
    MISFIT
  }

  /**
   * A point of the curve.
   *
   * @param queries inputs asked about by then
   * @param agreement held-out examples that surrogate and victim answered alike
   */
  public record Point(long queries, Share agreement) {}

  /** Copies the curve. */
  public Extraction {
    Check.atLeast(0, queries, "queries");
    curve = List.copyOf(curve);
  }
}
