package io.gauntlet.defenses.incident;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a person reads of an incident, before it is Markdown or HTML.
 *
 * @param title of the whole
 */
record Page(String title, List<Section> sections) {
  /** A heading and what stands below it. */
  record Section(String heading, List<Block> blocks) {}

  /** A part of a section. */
  sealed interface Block {
    /** A sentence or a few. */
    record Paragraph(String text) implements Block {}

    /** One line each. */
    record Items(List<String> items) implements Block {}

    /** Rows of as many cells as the header has; the last ones quote the data, letter by letter. */
    record Table(List<String> header, List<List<String>> rows, int quoting) implements Block {
      boolean quotes(int column) {
        return column >= header.size() - quoting;
      }
    }
  }

  static Page of(Incident incident) {
    return new Page(
        incident.title(),
        List.of(
            new Section("What was found", found(incident)),
            new Section("What to do", actions(incident)),
            new Section("What is not known", List.of(new Block.Items(incident.unknowns()))),
            new Section("Models, before and after", models(incident)),
            new Section("Sources", sources(incident)),
            new Section("Findings", findings(incident)),
            new Section("Suspected rows", rows(incident)),
            new Section("Timeline", timeline(incident)),
            new Section("Catalogues", catalogues(incident))));
  }

  private static List<Block> found(Incident incident) {
    return List.of(
        new Block.Paragraph(
            "%s. Of %s rows of %s sources, %s are quarantined and %s accepted; %s of those in quarantine may be poisoned."
                .formatted(
                    incident.kind().title(),
                    incident.rowsRead(),
                    incident.sources().size(),
                    incident.rowsQuarantined(),
                    incident.rowsAccepted(),
                    incident.rowsSuspected())));
  }

  private static List<Block> actions(Incident incident) {
    List<Action> actions = incident.actions();
    if (actions.isEmpty()) {
      return List.of(new Block.Paragraph("Nothing: no finding asks for it."));
    }
    return List.of(
        new Block.Table(
            List.of("action", "because", "mitigation"),
            actions.stream()
                .map(
                    action ->
                        List.of(action.what(), action.because(), listed(action.mitigations())))
                .toList(),
            0));
  }

  private static String listed(List<Classification> classifications) {
    return String.join(", ", classifications.stream().map(Classification::toString).toList());
  }

  private static List<Block> models(Incident incident) {
    List<List<String>> rows =
        Stream.of(
                Optional.of("never poisoned")
                    .flatMap(name -> incident.reference().map(state -> row(name, state))),
                incident.before().map(state -> row("before", state)),
                incident.after().map(state -> row("after", state)))
            .flatMap(Optional::stream)
            .toList();
    return rows.isEmpty()
        ? List.of(new Block.Paragraph("No model was measured."))
        : List.of(new Block.Table(List.of("when", "model", "accuracy", "attack success"), rows, 0));
  }

  private static List<String> row(String when, ModelState state) {
    return List.of(
        when,
        state.model(),
        Words.of(state.accuracy()),
        state.attackSuccess().map(Words::of).orElse("not measured"));
  }

  private static List<Block> sources(Incident incident) {
    return List.of(
        new Block.Table(
            List.of("source", "read", "accepted", "quarantined", "suspected", "SHA-256"),
            incident.sources().stream()
                .map(
                    source ->
                        List.of(
                            source.name(),
                            String.valueOf(source.read()),
                            String.valueOf(source.accepted()),
                            String.valueOf(source.quarantined()),
                            String.valueOf(source.suspected()),
                            source.sha256()))
                .toList(),
            1));
  }

  private static List<Block> findings(Incident incident) {
    return List.of(
        new Block.Table(
            List.of("by", "part", "about", "ruling", "rows", "flagged", "threshold", "evidence"),
            incident.findings().stream().map(Page::row).toList(),
            1));
  }

  private static List<String> row(Finding finding) {
    return List.of(
        finding.by(),
        finding.part(),
        words(finding.concern()),
        switch (finding.ruling()) {
          case CLEAN -> "nothing found";
          case POISONED -> "complaint";
          case NOT_JUDGED -> "not judged";
        },
        String.valueOf(finding.rows()),
        String.valueOf(finding.flagged()),
        finding.threshold().map(value -> Words.text("%.3g", value)).orElse("none"),
        finding.evidence());
  }

  private static String words(Concern concern) {
    return switch (concern) {
      case POISONING -> "poison";
      case DRIFT -> "drift";
      case FORM -> "form";
    };
  }

  private static List<Block> rows(Incident incident) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Block.Paragraph(
            "%s of %s, written as their authors wrote them; characters that do not show, or could pass for markup, as escapes."
                .formatted(incident.rows().size(), incident.rowsSuspected())));
    if (!incident.rows().isEmpty()) {
      blocks.add(
          new Block.Table(
              List.of("source", "line", "stopped by", "detail", "content"),
              incident.rows().stream()
                  .map(
                      row ->
                          List.of(
                              row.source(),
                              String.valueOf(row.line()),
                              row.by(),
                              row.detail(),
                              row.content()))
                  .toList(),
              2));
    }
    return blocks;
  }

  private static List<Block> timeline(Incident incident) {
    return List.of(
        new Block.Table(
            List.of("when (UTC)", "what"),
            incident.timeline().stream()
                .map(event -> List.of(event.at().toString(), event.what()))
                .toList(),
            0));
  }

  private static List<Block> catalogues(Incident incident) {
    return List.of(
        new Block.Table(
            List.of("catalogue", "id", "title"),
            incident.kind().classifications().stream()
                .map(entry -> List.of(entry.catalogue(), entry.id(), entry.title()))
                .toList(),
            0));
  }
}
