package io.gauntlet.threat;

import java.util.random.RandomGenerator;

/**
 * How the size of a perturbation is measured, and the geometry that goes with it: nearest point,
 * steepest step, uniform sample. Methods work on one flattened perturbation in place.
 *
 * <p>NaN is never repaired: a NaN feature that goes in comes out as NaN.
 *
 * <p>Every perturbation {@code delta} is boxed: feature {@code j} may lie between {@code low[j] <=
 * 0} and {@code high[j] >= 0}, which is what the domain of the inputs leaves around a clean
 * example. Projections are onto the ball <em>and</em> the box at once, not first onto one and then
 * the other, which for L2 and L1 ends elsewhere (Croce, Hein: <a
 * href="https://arxiv.org/abs/2103.01208">Mind the box</a>, ICML 2021).
 */
public sealed interface Norm permits Linf, L2, L1, L0 {
  /** Largest absolute change of any feature. */
  static Norm linf() {
    return Linf.INSTANCE;
  }

  /** Euclidean length. */
  static Norm l2() {
    return L2.INSTANCE;
  }

  /** Sum of absolute changes. */
  static Norm l1() {
    return L1.INSTANCE;
  }

  /** Number of changed features. */
  static Norm l0() {
    return L0.INSTANCE;
  }

  /** Size of {@code delta}; NaN if any feature is. */
  double of(float[] delta);

  /** Moves {@code delta} to the Euclidean-nearest point of ball and box. */
  void project(float[] delta, float radius, float[] low, float[] high);

  /**
   * Turns a gradient into the step of at most {@code length} that climbs it fastest; a zero
   * gradient stays zero. For Linf, L1 and L0 the step maximises the linearised loss over all steps
   * of that size that stay in the box; for L2 it is the gradient of the features that can still
   * move, scaled to {@code length}, and may leave the box.
   *
   * @param low how far each feature can still go down, 0 or less
   * @param high how far each feature can still go up, 0 or more
   */
  void steepen(float[] gradient, float length, float[] low, float[] high);

  /**
   * Turns a gradient into one step of an iterated ascent, which a projection has to follow: the
   * steepest step, but under L2 features at a bound keep their part of it. Without it the
   * projection would pull them off their bound again and again, and the ascent never settle.
   */
  default void ascend(float[] gradient, float length, float[] low, float[] high) {
    steepen(gradient, length, low, high);
  }

  /**
   * Turns a gradient into the smallest step in the box whose linearised gain is {@code gain}: the
   * projection onto a hyperplane that minimum-norm attacks take for the boundary (Croce, Hein: <a
   * href="https://arxiv.org/abs/1907.02044">Minimally distorted Adversarial Examples</a>, ICML
   * 2020, section 2.2). Where the box has no room for that gain, the step that gains most. A zero
   * gradient stays zero.
   *
   * @param gain of the step times the gradient, in loss units; not negative
   */
  void reach(float[] gradient, double gain, float[] low, float[] high);

  /** Fills {@code delta} with a draw from ball and box: uniform in the ball, then projected. */
  void sample(float[] delta, float radius, float[] low, float[] high, RandomGenerator random);
}
