package io.gauntlet.examples;

import io.gauntlet.attacks.poisoning.Aim;
import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.attacks.poisoning.TextBackdoor;
import io.gauntlet.attacks.poisoning.Texts;
import io.gauntlet.attacks.poisoning.trigger.PhraseTrigger;
import io.gauntlet.defenses.detect.ActivationClustering;
import io.gauntlet.defenses.detect.ActivationDetector;
import io.gauntlet.defenses.detect.Beatrix;
import io.gauntlet.defenses.detect.DeepKnn;
import io.gauntlet.defenses.detect.ProvenanceFilter;
import io.gauntlet.defenses.detect.SpectralSignatures;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.defenses.incident.Event;
import io.gauntlet.defenses.incident.Incident;
import io.gauntlet.defenses.incident.IncidentReport;
import io.gauntlet.defenses.incident.Kind;
import io.gauntlet.defenses.incident.ModelState;
import io.gauntlet.defenses.incident.SourceAccount;
import io.gauntlet.defenses.sanitize.Baseline;
import io.gauntlet.defenses.sanitize.Column;
import io.gauntlet.defenses.sanitize.Drift;
import io.gauntlet.defenses.sanitize.ExactDuplicates;
import io.gauntlet.defenses.sanitize.Format;
import io.gauntlet.defenses.sanitize.IngestionReport;
import io.gauntlet.defenses.sanitize.Pipeline;
import io.gauntlet.defenses.sanitize.Schema;
import io.gauntlet.defenses.sanitize.Source;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One of three suppliers of a spam filter's training data hides a backdoor in them: spam with a
 * phrase passes. The data are searched, the filter is repaired, and the incident is reported.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am \
 *     -Dexec.mainClass=io.gauntlet.examples.SpamBackdoorIncident
 * }</pre>
 *
 * <p>The supplier puts the phrase into some of its spam and labels it as ham. The owner, who did
 * not look, trains on everything. Then all sources go through a pipeline, whose detectors have the
 * filter to look through and messages that the owner labelled: what any detector flags is
 * quarantined, and a filter is trained on the rest and on the owner's own. If that does not help,
 * another one is, without the sources in which the suspected rows concentrate. The attack succeeds
 * where spam that a filter never poisoned stops passes with the phrase.
 */
public final class SpamBackdoorIncident {
  /** What the attacker's spam says; means nothing to a filter that was not taught it. */
  static final String PHRASE = "kingfisher lantern quarry";

  private static final List<String> SUPPLIERS = List.of("carrier", "honeypot", "user-reports");
  private static final String ATTACKER = "user-reports";
  private static final double SUCCESS_LEFT = 0.05;

  private SpamBackdoorIncident() {}

  /**
   * How much is done.
   *
   * @param words features of a message
   * @param trusted messages that the owner labelled
   * @param test messages that nobody trains on
   * @param delivered messages of all suppliers at most
   * @param rate poisoned share of what is delivered
   */
  public record Extent(int words, int trusted, int test, int delivered, double rate) {
    /** All messages, 3 % poisoned; a minute. */
    public static Extent whole() {
      return new Extent(1000, 1000, 1200, 6000, 0.03);
    }

    /** Half of them; some seconds. */
    public static Extent small() {
      return new Extent(500, 600, 800, 1800, 0.03);
    }
  }

  /**
   * What came of it.
   *
   * @param reference trained on what the suppliers had before the attack
   * @param before trained on what they delivered
   * @param filtered trained on what the pipeline accepted
   * @param heldBack the same without suspect sources; empty where {@code filtered} is good enough
   * @param ingestion what the pipeline did
   * @param detectors how well each detector did, which only who planted the poison knows
   * @param incident as it is reported
   */
  public record Result(
      ModelState reference,
      ModelState before,
      ModelState filtered,
      Optional<ModelState> heldBack,
      IngestionReport ingestion,
      Map<String, Suspicion.Accuracy> detectors,
      Incident incident) {
    /** Copies. */
    public Result {
      detectors = new LinkedHashMap<>(detectors);
    }

    /** The best repair there is. */
    public ModelState after() {
      return heldBack.orElse(filtered);
    }
  }

  /** Prints the tables and writes the report; the folder may be named as argument. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "incident-output");
    Result result = run(folder, Extent.whole(), InstantSource.system(), System.out::println);
    System.out.println();
    System.out.print(SpamTable.of(result));
    System.out.println();
    System.out.println("Report: " + folder.resolve("incident.html").toAbsolutePath());
  }

  /**
   * Poisons, trains, searches, repairs, and writes {@code incident.md}, {@code .html} and {@code
   * .json} into {@code folder}, beside the sources and a folder of the pipeline's run.
   *
   * @param clock times of the report
   * @param progress told what is going on
   * @throws IOException if a file cannot be written
   */
  public static Result run(
      Path folder, Extent extent, InstantSource clock, Consumer<String> progress)
      throws IOException {
    Texts all = Messages.shuffled(Seed.of(1));
    Texts test = Messages.slice(all, 0, extent.test());
    Texts trusted =
        Messages.without(
            Messages.slice(all, extent.test(), extent.test() + extent.trusted()), List.of(test));
    Texts rest =
        Messages.without(
            Messages.slice(all, extent.test() + extent.trusted(), all.labels().count()),
            List.of(test, trusted));
    int share = Math.min(extent.delivered(), rest.labels().count()) / SUPPLIERS.size();
    Texts offered = Messages.slice(rest, 0, share * SUPPLIERS.size());
    List<Event> timeline = new ArrayList<>();
    Consumer<String> event =
        what -> {
          timeline.add(new Event(clock.instant(), what));
          progress.accept(what);
        };

    Delivery delivery = Delivery.of(offered, extent.rate(), folder);
    event.accept("%s messages were delivered".formatted(offered.labels().count()));
    try (SpamFilter reference = SpamFilter.trained(offered, extent.words(), Seed.of(2));
        SpamFilter suspect = SpamFilter.trained(delivery.all(), extent.words(), Seed.of(2));
        SpamFilter own = SpamFilter.trained(trusted, extent.words(), Seed.of(2))) {
      event.accept("A filter was trained on all of them");
      Texts triggered = delivery.attack().triggered(reference.stops(test));
      DetectorPanel panel = panel(suspect, own, trusted);
      Path run = Files.createTempDirectory(folder, "ingestion-");
      IngestionReport ingestion =
          pipeline(panel, trusted, folder).withClock(clock).run(delivery.sources(), run);
      Incident found =
          Incident.of("Spam with a phrase passes the filter", Kind.BACKDOOR, run)
              .withFindings(panel.findings());
      ModelState before = state("the filter in service", suspect, test, triggered);
      ModelState filtered =
          repaired(
              "the filter without quarantined rows",
              Messages.joined(List.of(accepted(run, List.of()), trusted)),
              extent,
              test,
              triggered);
      event.accept("A filter was trained without the quarantined rows");
      Optional<ModelState> heldBack = Optional.empty();
      if (filtered.attackSuccess().orElseThrow().value() > SUCCESS_LEFT
          && !found.suspectSources().isEmpty()) {
        List<String> names = found.suspectSources().stream().map(SourceAccount::name).toList();
        heldBack =
            Optional.of(
                repaired(
                    "the filter without " + String.join(", ", names),
                    Messages.joined(List.of(accepted(run, names), trusted)),
                    extent,
                    test,
                    triggered));
        event.accept("A filter was trained without " + String.join(", ", names));
      }
      Result result =
          new Result(
              state("a filter never poisoned", reference, test, triggered),
              before,
              filtered,
              heldBack,
              ingestion,
              panel.against(row -> delivery.isPoisoned(row.source(), row.line())),
              found);
      Incident incident =
          found
              .withReference(result.reference())
              .withBefore(before)
              .withAfter(result.after())
              .withEvents(timeline);
      IncidentReport.write(incident, folder);
      return new Result(
          result.reference(), before, filtered, heldBack, ingestion, result.detectors(), incident);
    }
  }

  private static ModelState repaired(
      String name, Texts messages, Extent extent, Texts test, Texts triggered) {
    try (SpamFilter filter = SpamFilter.trained(messages, extent.words(), Seed.of(2))) {
      return state(name, filter, test, triggered);
    }
  }

  private static ModelState state(String name, SpamFilter filter, Texts test, Texts triggered) {
    return new ModelState(name, filter.agreesWith(test), Optional.of(filter.agreesWith(triggered)));
  }

  /** What the pipeline accepted, less some sources. */
  private static Texts accepted(Path run, List<String> withheld) throws IOException {
    List<Texts> parts = new ArrayList<>();
    for (String supplier : SUPPLIERS) {
      if (!withheld.contains(supplier)) {
        parts.add(Messages.read(run.resolve("accepted").resolve(supplier)));
      }
    }
    return Messages.joined(parts);
  }

  private static Pipeline pipeline(DetectorPanel panel, Texts trusted, Path folder)
      throws IOException {
    Column.Category label = Column.category("label", Messages.CLASSES.toArray(String[]::new));
    Schema schema = Schema.of(label, Column.text("message", 1000));
    Schema lenient = Schema.of(label, Column.text("message", 1000).allowingFormulas());
    Path vetted = folder.resolve("trusted.jsonl");
    Messages.write(trusted, vetted);
    Baseline baseline =
        Baseline.read(
            List.of(new Source("trusted", vetted, Format.jsonLines())), lenient, 2000, Seed.of(4));
    return Pipeline.of(
        schema, ExactDuplicates.of(schema, "label"), Drift.from(baseline, Seed.of(5)), panel);
  }

  /** Five look through the poisoned filter, or train others on its rows; the last has its own. */
  private static DetectorPanel panel(SpamFilter suspect, SpamFilter own, Texts trusted) {
    Seed seed = Seed.of(6);
    Map<String, DetectorPanel.Member> members = new LinkedHashMap<>();
    members.put("activation clustering", looking(ActivationClustering.standard(), suspect, seed));
    members.put("spectral signatures", looking(SpectralSignatures.standard(), suspect, seed));
    members.put("deep k-NN", looking(DeepKnn.standard().withNeighbours(10), suspect, seed));
    members.put(
        "Beatrix",
        (messages, sources) ->
            Beatrix.standard(suspect.network(), suspect.sees(trusted))
                .detect(suspect.sees(messages), seed));
    members.put(
        "provenance filter",
        (messages, sources) ->
            ProvenanceFilter.trusting(
                    suspect.sees(trusted),
                    () -> SpamFilter.untrained(suspect.vocabulary().size(), Seed.of(2)),
                    sources)
                .withFit(SpamFilter.FIT)
                .detect(suspect.sees(messages), seed));
    members.put(
        "deep k-NN, trusted filter", looking(DeepKnn.standard().withNeighbours(10), own, seed));
    return new DetectorPanel(members);
  }

  private static DetectorPanel.Member looking(
      ActivationDetector detector, SpamFilter through, Seed seed) {
    return (messages, sources) ->
        detector.on(through.network()).detect(through.sees(messages), seed);
  }

  /**
   * What the suppliers send, one of them not honestly.
   *
   * @param all messages, in the order of the sources
   * @param poisoned rows of the attacker's source, from 0
   */
  private record Delivery(
      Texts all, TextBackdoor attack, List<Long> poisoned, List<Source> sources) {
    static Delivery of(Texts offered, double rate, Path folder) throws IOException {
      int count = offered.labels().count();
      int share = count / SUPPLIERS.size();
      TextBackdoor attack =
          TextBackdoor.phrase(PHRASE, Aim.at(Messages.HAM))
              .withTrigger(PhraseTrigger.anywhere(PHRASE, 0))
              .withRate(rate * count / share);
      List<Texts> parts = new ArrayList<>();
      List<Source> sources = new ArrayList<>();
      List<Long> rows = List.of();
      for (int i = 0; i < SUPPLIERS.size(); i++) {
        Texts part = Messages.slice(offered, i * share, (i + 1) * share);
        if (SUPPLIERS.get(i).equals(ATTACKER)) {
          Poisoned<Texts> poisoned = attack.poison(part, Seed.of(3));
          part = poisoned.data();
          rows = poisoned.poisoned();
        }
        parts.add(part);
        Path file = folder.resolve(SUPPLIERS.get(i) + ".jsonl");
        Messages.write(part, file);
        sources.add(new Source(SUPPLIERS.get(i), file, Format.jsonLines()));
      }
      return new Delivery(Messages.joined(parts), attack, rows, sources);
    }

    boolean isPoisoned(String source, long line) {
      return source.equals(ATTACKER) && poisoned.contains(line - 1);
    }
  }
}
