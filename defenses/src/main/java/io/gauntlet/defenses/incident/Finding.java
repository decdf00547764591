package io.gauntlet.defenses.incident;

import io.gauntlet.defenses.detect.Ruling;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.defenses.detect.Verdict;
import io.gauntlet.defenses.sanitize.DriftTest;
import io.gauntlet.defenses.sanitize.StageResult;
import io.gauntlet.defenses.sanitize.Tally;
import io.gauntlet.model.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one detector or stage has to say about one part of the data.
 *
 * @param by the detector, or the stage of a pipeline
 * @param part what it looked at, such as {@code class 0} or {@code source mails.csv}
 * @param concern what it is about
 * @param ruling what came of it; {@code POISONED} stands for any complaint, whatever the concern
 * @param rows it looked at
 * @param flagged of these
 * @param threshold that flagged rows score above; empty where there is none
 * @param evidence what was measured, in words; may quote the data
 */
public record Finding(
    String by,
    String part,
    Concern concern,
    Ruling ruling,
    long rows,
    long flagged,
    Optional<Double> threshold,
    String evidence) {
  /** Below it, p is one minus what rounds to one. */
  private static final double TINY = 1e-15;

  /** Checks the counts. */
  public Finding {
    Check.atLeast(0, flagged, "flagged");
    Check.atLeast(flagged, rows, "rows");
    if (flagged > 0 && ruling != Ruling.POISONED) {
      throw new IllegalArgumentException(
          "only what is ruled POISONED has flagged rows, but %s of %s were flagged and it is %s"
              .formatted(flagged, rows, ruling));
    }
  }

  /** What a detector of poison came to, part by part. */
  public static List<Finding> of(String detector, Suspicion suspicion) {
    return suspicion.verdicts().stream().map(verdict -> of(detector, verdict)).toList();
  }

  private static Finding of(String detector, Verdict verdict) {
    Optional<Double> threshold =
        Double.isFinite(verdict.threshold()) ? Optional.of(verdict.threshold()) : Optional.empty();
    return new Finding(
        detector,
        verdict.part(),
        Concern.POISONING,
        verdict.ruling(),
        verdict.rows(),
        verdict.flagged(),
        threshold,
        verdict.reason());
  }

  /** What a stage of a pipeline quarantined or found to drift. */
  static List<Finding> of(StageResult stage) {
    List<Finding> findings = new ArrayList<>();
    for (Tally tally : stage.tallies()) {
      findings.add(
          new Finding(
              stage.name(),
              "source " + tally.source(),
              concern(tally.rule()),
              Ruling.POISONED,
              stage.entered(),
              tally.rows(),
              Optional.empty(),
              tally.rule()));
    }
    for (DriftTest test : stage.drift()) {
      findings.add(
          new Finding(
              stage.name(),
              "source " + test.source(),
              Concern.DRIFT,
              test.drifted() ? Ruling.POISONED : Ruling.CLEAN,
              0,
              0,
              Optional.empty(),
              String.format(
                  Locale.ROOT,
                  "%s of column %s: %.4g, corrected p %s",
                  test.test(),
                  test.column(),
                  test.statistic(),
                  test.corrected() < TINY
                      ? "below 1e-15"
                      : Words.text("= %.2g", test.corrected()))));
    }
    return findings;
  }

  /** The rules of {@code sanitize} that speak of poison or drift; all others are about form. */
  static Concern concern(String rule) {
    return switch (rule) {
      case "poison" -> Concern.POISONING;
      case "drift" -> Concern.DRIFT;
      default -> Concern.FORM;
    };
  }
}
