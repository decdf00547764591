package io.gauntlet.defenses.incident;

import io.gauntlet.defenses.detect.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What follows from an incident: no finding, no action. */
final class Actions {
  /** Attack success that a repaired model may have left. */
  private static final double SUCCESS_LEFT = 0.05;

  /** Accuracy that a repair may cost. */
  private static final double ACCURACY_LOST = 0.01;

  private Actions() {}

  static List<Action> of(Incident incident) {
    List<Action> actions = new ArrayList<>();
    model(incident, actions::add);
    sources(incident, actions::add);
    drift(incident, actions::add);
    form(incident, actions::add);
    notJudged(incident, actions::add);
    return List.copyOf(actions);
  }

  private static void model(Incident incident, Consumer<Action> actions) {
    Optional<ModelState> before = incident.before();
    if (before.isEmpty()) {
      return;
    }
    ModelState poisoned = before.get();
    if (incident.after().isEmpty()) {
      actions.accept(
          Action.of(
              "Take %s out of service, train it again on the accepted rows, and measure both"
                  .formatted(poisoned.model()),
              "%s of %s rows are suspected%s"
                  .formatted(incident.rowsSuspected(), incident.rowsRead(), success(poisoned)),
              Action.SANITIZE,
              Action.VALIDATE));
      return;
    }
    ModelState repaired = incident.after().get();
    double lost = poisoned.accuracy().value() - repaired.accuracy().value();
    if (repaired.attackSuccess().filter(rate -> rate.value() > SUCCESS_LEFT).isPresent()) {
      actions.accept(
          Action.of(
              "Put neither %s nor %s into service".formatted(poisoned.model(), repaired.model()),
              "The repair leaves more than %s".formatted(Words.text("%.0f %%", 100 * SUCCESS_LEFT))
                  + success(repaired),
              Action.VALIDATE));
    } else if (lost > ACCURACY_LOST) {
      actions.accept(
          Action.of(
              "Take %s out of service, and look at what else was quarantined before %s replaces it"
                  .formatted(poisoned.model(), repaired.model()),
              Words.text("The repair costs %.1f points of accuracy", 100 * lost)
                  + success(repaired),
              Action.VALIDATE));
    } else {
      actions.accept(
          Action.of(
              "Replace %s by %s".formatted(poisoned.model(), repaired.model()),
              "Accuracy %s instead of %s"
                      .formatted(Words.of(repaired.accuracy()), Words.of(poisoned.accuracy()))
                  + success(poisoned)
                  + success(repaired),
              Action.SANITIZE,
              Action.VALIDATE));
    }
  }

  private static String success(ModelState state) {
    return state
        .attackSuccess()
        .map(rate -> "; attacks on %s succeed in %s".formatted(state.model(), Words.of(rate)))
        .orElse("");
  }

  private static void sources(Incident incident, Consumer<Action> actions) {
    List<Concentration> found = Concentration.in(incident.sources());
    for (Concentration one : found) {
      SourceAccount source = one.source();
      actions.accept(
          Action.of(
              "Take nothing more from %s, ask who could write to it, and have somebody read the %s rows accepted from it"
                  .formatted(source.name(), source.accepted()),
              Words.text(
                  "%d of %d suspected rows are from it, which has %d of %d rows screened"
                      + " (corrected p = %.2g)",
                  source.suspected(), one.suspected(), source.screened(), one.screened(), one.p()),
              Action.PROVENANCE,
              Action.ACCESS));
    }
    if (found.isEmpty() && incident.rowsSuspected() > 0 && incident.sources().size() > 1) {
      actions.accept(
          Action.of(
              "Look for the poison before the sources part, such as where labels are made",
              "%s suspected rows are spread over %s sources as chance would spread them"
                  .formatted(incident.rowsSuspected(), incident.sources().size()),
              Action.PROVENANCE));
    }
  }

  private static void drift(Incident incident, Consumer<Action> actions) {
    for (SourceAccount source : incident.sources()) {
      List<String> tests =
          incident.findings().stream()
              .filter(finding -> finding.concern() == Concern.DRIFT)
              .filter(finding -> finding.ruling() == Ruling.POISONED)
              .filter(finding -> finding.part().equals("source " + source.name()))
              .map(Finding::evidence)
              .toList();
      if (!tests.isEmpty()) {
        actions.accept(
            Action.of(
                "Ask what changed at " + source.name(),
                "It is distributed unlike the baseline: " + String.join("; ", tests),
                Action.PROVENANCE));
      }
    }
  }

  private static void form(Incident incident, Consumer<Action> actions) {
    rule("formula", incident)
        .ifPresent(
            rows ->
                actions.accept(
                    Action.of(
                        "Open neither the sources nor the quarantine in a spreadsheet",
                        "Rows that begin like a formula: " + rows,
                        Action.SANITIZE)));
    rule("contradiction", incident)
        .ifPresent(
            rows ->
                actions.accept(
                    Action.of(
                        "Have the contradictory rows labelled again",
                        "Rows that repeat an earlier one under another label: " + rows,
                        Action.SANITIZE)));
  }

  private static Optional<Long> rule(String rule, Incident incident) {
    long rows =
        incident.findings().stream()
            .filter(finding -> finding.concern() == Concern.FORM)
            .filter(finding -> finding.evidence().equals(rule))
            .mapToLong(Finding::flagged)
            .sum();
    return rows == 0 ? Optional.empty() : Optional.of(rows);
  }

  private static void notJudged(Incident incident, Consumer<Action> actions) {
    for (Finding finding : incident.findings()) {
      if (finding.ruling() == Ruling.NOT_JUDGED) {
        actions.accept(
            Action.of(
                "Have %s judged by something other than %s".formatted(finding.part(), finding.by()),
                "%s rows, which it did not judge: %s".formatted(finding.rows(), finding.evidence()),
                Action.SANITIZE));
      }
    }
  }
}
