package io.gauntlet.defenses.certify.clever;

import io.gauntlet.model.Check;
import io.gauntlet.threat.Norm;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What {@link Clever} guesses of one example: an ESTIMATE, not a certificate. Adversarial inputs
 * may be nearer than {@link #score} says, and {@link #isCapped} says nothing but that slopes were
 * gentle where it looked. So no certification, sandwich or report of certified accuracy takes it.
 *
 * @param example its position in the data set
 * @param answer of the model, which may be lost
 * @param norm of distances
 * @param radius of the ball that was looked at; no score is larger
 * @param rivals classes that it may be lost to; at least 1
 */
public record CleverEstimate(
    long example, int answer, Norm norm, float radius, List<Rival> rivals) {
  /**
   * The guess against one class.
   *
   * @param label the class
   * @param margin by how much the answer's logit is larger; not negative
   * @param slope how fast the margin falls at most: the location of the fitted distribution. 0
   *     where no slope was seen at all, as masked gradients look
   * @param fitted whether there is such a location; otherwise {@code slope} is the largest that was
   *     seen, and the guess is worse
   */
  public record Rival(int label, double margin, double slope, boolean fitted) {
    /** Where the margin would be used up; infinite where it does not fall. */
    private double distance() {
      return margin == 0 ? 0 : margin / slope;
    }
  }

  /** Copies and checks that there is a rival. */
  public CleverEstimate {
    rivals = List.copyOf(rivals);
    Check.atLeast(1, rivals.size(), "number of rivals");
  }

  /** The class that the answer is guessed to be lost to first. */
  public Rival nearest() {
    return rivals.stream().min(Comparator.comparingDouble(Rival::distance)).orElseThrow();
  }

  /** The CLEVER score: the estimated distance, at most the radius. */
  public double score() {
    return Math.min(nearest().distance(), radius);
  }

  /** Whether the score is the radius, so that nothing is guessed of what lies beyond. */
  public boolean isCapped() {
    return nearest().distance() >= radius;
  }

  /** One line that says that it is an estimate. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "example %d: %s %.4g of class %d towards %d is an estimate, not a certificate%s",
        example,
        norm,
        score(),
        answer,
        nearest().label(),
        isCapped() ? " (and all of the radius)" : "");
  }
}
