package io.gauntlet.evaluate;

/**
 * What one attack did, over the examples that were still standing when its turn came.
 *
 * @param title short name, such as {@code PGD}
 * @param name full name, hyperparameters included
 * @param attempted examples it was let loose on
 * @param fooled how many of them it fooled
 * @param medianDistance median size of the perturbations that fooled, in the threat's norm and
 *     input units; NaN if there were none
 * @param forwardQueries rows sent forwards through the model, those of gradients included
 * @param gradientQueries rows sent backwards
 * @param seconds wall-clock time
 */
public record AttackSummary(
    String title,
    String name,
    int attempted,
    int fooled,
    double medianDistance,
    long forwardQueries,
    long gradientQueries,
    double seconds) {

  /** Share of the attempted examples that were fooled, in [0, 1]; NaN if none was attempted. */
  public double successRate() {
    return attempted == 0 ? Double.NaN : (double) fooled / attempted;
  }
}
