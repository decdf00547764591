package io.gauntlet.defenses.monitor;

import io.gauntlet.model.Check;

/**
 * How soon a profile monitor believes that a client differs from honest traffic.
 *
 * @param falseAlarmRate bound on the probability that an honest client who draws his queries
 *     independently from the reference is suspected within one horizon; above 0, below 1
 * @param horizon rows after which the evidence against a client starts again; at least 1. A long
 *     one finds small differences, and punishes honest clients for theirs
 * @param clients how many clients are watched at once; at least 1
 */
public record Sensitivity(double falseAlarmRate, int horizon, int clients) {
  /** Checks the ranges. */
  public Sensitivity {
    if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
      throw new IllegalArgumentException(
          "falseAlarmRate must be above 0 and below 1, but was " + falseAlarmRate);
    }
    Check.atLeast(1, horizon, "horizon");
    Check.atLeast(1, clients, "clients");
  }

  /** One false alarm in a thousand clients per 500 rows, for 10,000 clients. */
  public static Sensitivity standard() {
    return new Sensitivity(1e-3, 500, 10_000);
  }

  /** Same with another bound on false alarms. */
  public Sensitivity withFalseAlarmRate(double newRate) {
    return new Sensitivity(newRate, horizon, clients);
  }

  /** Same with another horizon. */
  public Sensitivity withHorizon(int newHorizon) {
    return new Sensitivity(falseAlarmRate, newHorizon, clients);
  }

  /** Same with another number of clients. */
  public Sensitivity withClients(int newClients) {
    return new Sensitivity(falseAlarmRate, horizon, newClients);
  }
}
