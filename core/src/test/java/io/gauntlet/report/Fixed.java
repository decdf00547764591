package io.gauntlet.report;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Provenance;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.time.Instant;
import java.util.List;

/** Reports written down, not measured. */
final class Fixed {
  static final List<Outcome> ONE_OF_EACH =
      List.of(
          new Outcome.Misclassified(0, 1, 2),
          new Outcome.Survived(3, 0, 0),
          new Outcome.Fooled(4, 2, 1, "Pgd[steps=40]", 1 / 3.0),
          new Outcome.Unfinished(1L << 40, 1, 1),
          new Outcome.Unfinished((1L << 40) + 1, 0, -1));

  static final List<AttackSummary> ATTACKS =
      List.of(
          new AttackSummary("Noise", "RandomNoise[draws=100]", 4, 0, Double.NaN, 400, 0, 0.25),
          new AttackSummary("PGD-40", "Pgd[steps=40]", 3, 1, 1 / 3.0, 5_000_000_000L, 120, 12.34),
          new AttackSummary("Late", "Late[]", 0, 0, Double.NaN, 0, 0, 0));

  private Fixed() {}

  static RobustnessReport report() {
    return report(ThreatModel.linf(8 / 255f), ATTACKS, List.of(new Caveat.TimeRanOut(2)));
  }

  static RobustnessReport report(
      ThreatModel threat, List<AttackSummary> attacks, List<Caveat> caveats) {
    return report(threat, ONE_OF_EACH, attacks, caveats, Batch.of(new float[1]).standingFor(4));
  }

  static RobustnessReport report(
      ThreatModel threat,
      List<Outcome> outcomes,
      List<AttackSummary> attacks,
      List<Caveat> caveats,
      Batch adversarial) {
    Provenance provenance =
        new Provenance(
            "1.2.3",
            "17.0.15+6",
            "Linux amd64",
            "a model",
            "0123abcd",
            attacks.stream().map(AttackSummary::name).toList(),
            Seed.of(-42),
            2,
            64,
            Instant.parse("2026-01-02T03:04:05Z"));
    return new RobustnessReport(
        threat, "untargeted", outcomes, attacks, caveats, provenance, 13.5, adversarial);
  }
}
