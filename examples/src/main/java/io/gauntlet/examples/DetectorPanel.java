package io.gauntlet.examples;

import io.gauntlet.attacks.poisoning.Texts;
import io.gauntlet.defenses.detect.Sources;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.defenses.incident.Finding;
import io.gauntlet.defenses.sanitize.Inspection;
import io.gauntlet.defenses.sanitize.Reason;
import io.gauntlet.defenses.sanitize.Row;
import io.gauntlet.defenses.sanitize.Rows;
import io.gauntlet.defenses.sanitize.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Asks several detectors about all messages, and quarantines what any of them flags. */
final class DetectorPanel implements Stage {
  /** One of them. */
  @FunctionalInterface
  interface Member {
    Suspicion judges(Texts messages, Sources sources);
  }

  private final Map<String, Member> members;
  private final Map<String, Suspicion> verdicts = new LinkedHashMap<>();
  private final List<Row> judged = new ArrayList<>();

  /** Asks them in this order. */
  DetectorPanel(Map<String, Member> members) {
    this.members = new LinkedHashMap<>(members);
  }

  @Override
  public String name() {
    return "poison-detectors";
  }

  @Override
  public String settings() {
    return String.join(", ", members.keySet());
  }

  @Override
  public Inspection begin(Rows rows) {
    judged.clear();
    rows.forEach(judged::add);
    Texts messages =
        Texts.of(
            judged.stream().map(row -> row.text("message")).toList(),
            judged.stream().mapToInt(row -> Messages.CLASSES.indexOf(row.text("label"))).toArray());
    Sources sources = Sources.of(judged.stream().map(Row::source).toList());
    members.forEach((name, member) -> verdicts.put(name, member.judges(messages, sources)));
    return new Inspection() {
      private int next;

      @Override
      public Optional<Reason> examine(Row row) {
        List<String> accusers = accusers(next++);
        return accusers.isEmpty()
            ? Optional.empty()
            : Optional.of(new Reason("poison", "flagged by " + String.join(", ", accusers)));
      }
    };
  }

  private List<String> accusers(int row) {
    return verdicts.entrySet().stream()
        .filter(entry -> entry.getValue().isFlagged(row))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What each came to, part by part. */
  List<Finding> findings() {
    return verdicts.entrySet().stream()
        .flatMap(entry -> Finding.of(entry.getKey(), entry.getValue()).stream())
        .toList();
  }

  /** How well each did, for who knows the truth. */
  Map<String, Suspicion.Accuracy> against(Predicate<Row> poisoned) {
    Map<String, Suspicion.Accuracy> accuracies = new LinkedHashMap<>();
    verdicts.forEach(
        (name, verdict) ->
            accuracies.put(name, verdict.against(row -> poisoned.test(judged.get(row)))));
    return accuracies;
  }
}
