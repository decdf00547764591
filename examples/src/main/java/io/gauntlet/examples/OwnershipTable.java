package io.gauntlet.examples;

import io.gauntlet.defenses.ownership.Evidence;
import io.gauntlet.defenses.ownership.Verdict;
import io.gauntlet.examples.ProveTheft.Result;
import io.gauntlet.examples.ProveTheft.Suspect;
import java.util.Formatter;
import java.util.Locale;
import java.util.stream.Stream;

/** The evidence as text: one line for each suspect. */
final class OwnershipTable {
  /**
   * Of one claim against one suspect: 32 of them convict an innocent in 3.2 % of tables at most.
   */
  static final double ALPHA = 0.001;

  private static final String ROW = "%-16s  %8s  %8s  %-22s  %-22s  %-22s  %-22s  %s%n";

  private OwnershipTable() {}

  static String of(Result result) {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(
        "DAWN: accuracy %.1f %% instead of %.1f %%, %.2f %% of classes changed%n"
            + "each claim: matches / expected of the innocent, p-value%n",
        100 * result.utility().guardedAccuracy(),
        100 * result.utility().unguardedAccuracy(),
        100 * (1 - result.utility().sameClass()));
    table.format(
        ROW,
        "suspect",
        "accuracy",
        "fidelity",
        "trigger set",
        "DAWN, thief",
        "DAWN, customer",
        "dataset inference",
        "shown at " + ALPHA);
    for (Suspect suspect : result.suspects()) {
      table.format(
          ROW,
          suspect.name(),
          percent(suspect.fidelity().accuracy().rate()),
          percent(suspect.fidelity().agreement().rate()),
          shares(suspect.triggers()),
          shares(suspect.thief()),
          shares(suspect.customer()),
          shares(suspect.members()),
          shown(suspect));
    }
    return table.toString();
  }

  /** Share of matches, share expected of the innocent, p-value. */
  private static String shares(Evidence evidence) {
    return String.format(
        Locale.ROOT,
        "%.0f / %.0f %%, p=%.0e",
        100 * evidence.rate(),
        100 * evidence.nullRate(),
        evidence.pValue());
  }

  private static String shown(Suspect suspect) {
    long claims =
        Stream.of(suspect.triggers(), suspect.thief(), suspect.customer(), suspect.members())
            .filter(evidence -> evidence.verdict(ALPHA) == Verdict.COPY)
            .count();
    return claims == 0 ? "nothing" : claims + " of 4 claims";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
