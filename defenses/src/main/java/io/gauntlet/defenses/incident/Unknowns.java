package io.gauntlet.defenses.incident;

import io.gauntlet.defenses.detect.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What an incident leaves open. */
final class Unknowns {
  private Unknowns() {}

  static List<String> of(Incident incident) {
    List<String> open = new ArrayList<>();
    for (Finding finding : incident.findings()) {
      if (finding.ruling() == Ruling.NOT_JUDGED) {
        open.add(
            "%s did not judge %s (%s rows): %s"
                .formatted(finding.by(), finding.part(), finding.rows(), finding.evidence()));
      }
    }
    if (incident.before().isEmpty()) {
      open.add("What the poison does to a model: none that was trained on it was measured");
    }
    if (incident.after().isEmpty()) {
      open.add(
          "Whether the repair helps: no model trained without the quarantined rows was measured");
    }
    if (incident.reference().isEmpty()) {
      open.add(
          "What the model would be without the poison: none that was never poisoned was measured");
    }
    Stream.of(incident.before(), incident.after())
        .flatMap(Optional::stream)
        .filter(state -> state.attackSuccess().isEmpty())
        .forEach(
            state -> open.add("How often the attack succeeds against %s".formatted(state.model())));
    if (incident.rowsAccepted() > 0) {
      open.add(
          "Whether poison is left among the %s accepted rows: nothing was found against them, which"
                  .formatted(incident.rowsAccepted())
              + " proves nothing");
    }
    return List.copyOf(open);
  }
}
