package io.gauntlet.defenses.certify.smoothing;

import java.util.OptionalInt;

/**
 * What the noisy copies of one example prove: its class and how far that reaches, or nothing.
 *
 * @param example its position in the data set
 * @param candidate the class that a first look at {@code n0} noisy copies suggested
 * @param votes how many of the {@code n} further copies got that class
 * @param lowerBound of the probability that a noisy copy gets it, at confidence {@code 1 - alpha};
 *     in [0, 1]
 * @param radius within which the smoothed classifier answers {@code candidate}, in the noise's
 *     norm; 0 where it abstains
 */
public record Certificate(
    long example, int candidate, int votes, double lowerBound, double radius) {

  /** Whether no class is sure to have the majority. */
  public boolean isAbstained() {
    return !(lowerBound > 0.5);
  }

  /** The class of the smoothed classifier; empty where it abstains. */
  public OptionalInt prediction() {
    return isAbstained() ? OptionalInt.empty() : OptionalInt.of(candidate);
  }

  /** Whether no change of at most {@code size} takes the example away from this class. */
  public boolean holds(int label, double size) {
    return !isAbstained() && candidate == label && radius >= size;
  }
}
