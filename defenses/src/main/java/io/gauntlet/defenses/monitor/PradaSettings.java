package io.gauntlet.defenses.monitor;

import io.gauntlet.model.Check;

/**
 * Hyperparameters of {@link Prada}.
 *
 * @param normality W of Shapiro and Wilk below which the distances are not normal; above 0, below 1
 * @param minimum distances before the first test; at least 20
 * @param window latest distances that are tested; at least {@code minimum}
 * @param members inputs kept of each class of a client, the oldest leaving; at least 1
 * @param clients how many clients are watched at once; at least 1. Memory is at most clients x
 *     classes x members x features x 4 bytes
 */
public record PradaSettings(double normality, int minimum, int window, int members, int clients) {
  /** Checks the ranges. */
  public PradaSettings {
    if (!(normality > 0 && normality < 1)) {
      throw new IllegalArgumentException(
          "normality must be above 0 and below 1, but was " + normality);
    }
    Check.atLeast(20, minimum, "minimum");
    Check.atLeast(minimum, window, "window");
    Check.atLeast(1, members, "members");
    Check.atLeast(1, clients, "clients");
  }

  /**
   * The authors' threshold of 0.9 after 100 distances; of each client the latest 300 distances and
   * 20 inputs of each class, for 256 clients: at most 160 MB for MNIST.
   */
  public static PradaSettings standard() {
    return new PradaSettings(0.9, 100, 300, 20, 256);
  }

  /** Same with another threshold. */
  public PradaSettings withNormality(double newNormality) {
    return new PradaSettings(newNormality, minimum, window, members, clients);
  }

  /** Same with another number of clients. */
  public PradaSettings withClients(int newClients) {
    return new PradaSettings(normality, minimum, window, members, newClients);
  }

  /** Same with more or fewer inputs kept of each class. */
  public PradaSettings withMembers(int newMembers) {
    return new PradaSettings(normality, minimum, window, newMembers, clients);
  }
}
