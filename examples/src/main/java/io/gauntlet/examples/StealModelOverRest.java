package io.gauntlet.examples;

import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.attacks.extraction.Fidelity;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.Schedule;
import io.gauntlet.attacks.extraction.Share;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.http.HttpModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A sentiment model is sold by the query, over HTTP on the loopback interface, and stolen by
 * clients who speak nothing but HTTP: unguarded, and behind one guard after the other.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am \
 *     -Dexec.mainClass=io.gauntlet.examples.StealModelOverRest
 * }</pre>
 *
 * <p>The owner trains on one part of the sentences, thieves ask about another, without labels, and
 * copies are judged on a third. Every guard meets two thieves who take answers for what they are,
 * one with sentences of others (KnockoffNets) and one who makes most of them (Papernot); and five
 * who adapt, at the same number of rows sent: they rotate their names, average repeated answers,
 * wait a day before every request, both wait and average, or trust labels alone. What a guard costs
 * the honest is measured over HTTP as well.
 *
 * <p>Where no guard changes or refuses anything, monitors watch; and honest clients, who replay the
 * sentences that the thieves and the judge have, tell how often each is wrong.
 */
public final class StealModelOverRest {
  private static final int EPOCHS = 4;

  private StealModelOverRest() {}

  /**
   * How much is done.
   *
   * @param words features of a sentence
   * @param owned sentences that the owner trains on
   * @param reference sentences that the owner takes for typical of honest clients
   * @param heldOut sentences that nobody trains on
   * @param customers honest clients, who share the held-out sentences
   * @param replays times that the honest sentences are dealt out to clients, 200 to each, whom the
   *     monitors watch
   * @param budget rows that a thief sends at most
   * @param quota rows that one client may ask where there is a quota; enough for a customer
   * @param identities names of a thief who rotates them
   * @param schedule how a thief's asking and training take turns
   */
  public record Extent(
      int words,
      int owned,
      int reference,
      int heldOut,
      int customers,
      int replays,
      int budget,
      int quota,
      int identities,
      Schedule schedule) {
    /** Checks the quota. */
    public Extent {
      Check.atLeast(2 + heldOut / customers, quota, "quota");
    }

    /** All sentences; some minutes. */
    public static Extent whole() {
      return new Extent(1000, 4500, 1000, 1662, 10, 4, 3500, 500, 20, new Schedule(7, 5, 32));
    }

    /** A few sentences; some seconds. */
    public static Extent small() {
      return new Extent(300, 3000, 400, 400, 8, 1, 600, 100, 12, new Schedule(2, 8, 32));
    }
  }

  /**
   * One theft.
   *
   * @param thief which thief
   * @param queries rows that were sent, whatever came back
   * @param fidelity what the copy is worth
   * @param curve fidelity against rows sent
   * @param noticedAfter rows sent when a monitor first spoke up, by its name; only those that did
   */
  public record Theft(
      String thief,
      long queries,
      Fidelity fidelity,
      List<Extraction.Point> curve,
      Map<String, Long> noticedAfter) {
    /** Copies the curve. */
    public Theft {
      curve = List.copyOf(curve);
      noticedAfter = Map.copyOf(noticedAfter);
    }

    double agreement() {
      return fidelity.agreement().rate();
    }
  }

  /**
   * What a guard costs the honest.
   *
   * @param accuracy share of held-out sentences that customers get the right class for
   * @param l1 mean distance of the probabilities they get from the model's own; 0 to 2
   */
  public record Price(double accuracy, double l1) {}

  /**
   * How often a monitor is wrong.
   *
   * @param monitor its name
   * @param accused of the honest clients, who asked 200 rows each
   */
  public record Watch(String monitor, Share accused) {}

  /**
   * What came out.
   *
   * @param results one for each guard; the first is that of none
   * @param watches one for each monitor
   */
  public record Findings(List<Result> results, List<Watch> watches) {
    /** Copies the lists. */
    public Findings {
      results = List.copyOf(results);
      watches = List.copyOf(watches);
    }
  }

  /**
   * One guard, or several in a row.
   *
   * @param guard its name
   * @param thefts those of thieves who take answers for what they are, then of those who adapt
   */
  public record Result(String guard, Price price, List<Theft> thefts) {
    /** Copies the thefts. */
    public Result {
      thefts = List.copyOf(thefts);
    }

    /** Of the thief who knows nothing of guards. */
    public Theft naive() {
      return thefts.get(0);
    }

    /** Of the thief with the best copy. */
    public Theft best() {
      return thefts.stream().max(Comparator.comparingDouble(Theft::agreement)).orElseThrow();
    }
  }

  /** Prints the table and writes the curves; the folder may be named as argument. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "theft-output");
    Findings findings = run(folder, Extent.whole(), System.out::println);
    System.out.println();
    System.out.print(TheftTables.of(findings));
    System.out.println();
    System.out.println("Tables, curves and audit logs: " + folder.resolve("theft.html").toUri());
  }

  /**
   * Trains, serves, steals, and writes {@code theft.html} with the tables, the curves {@code
   * naive.svg} and {@code best.svg} that it shows, and audit logs into {@code folder}.
   *
   * @param progress told what is going on
   * @throws IOException if a file cannot be written
   */
  public static Findings run(Path folder, Extent extent, Consumer<String> progress)
      throws IOException {
    Files.createDirectories(folder);
    Examples all = Sentences.bags(extent.words(), extent.owned());
    int judged = all.count() - extent.heldOut();
    Examples owned = all.first(extent.owned());
    int typical = extent.owned() + extent.reference();
    Batch reference = all.slice(extent.owned(), typical).inputs();
    Examples pool = all.slice(typical, judged);
    Examples heldOut = all.slice(judged, all.count());
    progress.accept("Training on %s sentences ...".formatted(owned.count()));
    List<Result> results = new ArrayList<>();
    List<Watch> watches;
    try (DjlModel model = Sentiment.trained(owned, EPOCHS, Seed.of(1));
        DjlModel guess = Sentiment.untrained(extent.words(), Seed.of(2))) {
      progress.accept("Calibrating monitors on %s more ...".formatted(extent.reference()));
      Monitors monitors =
          Monitors.calibrated(reference, Averaging.probabilities(model.logits(reference)));
      List<Protection> protections = new ArrayList<>();
      protections.add(Protection.none(monitors));
      protections.add(Protection.quota(extent.quota()));
      protections.add(Protection.ration(extent.quota()));
      protections.addAll(Protection.ofAnswers(guess));
      Market market = new Market(folder, extent, model, pool, heldOut, Judge.of(model, heldOut));
      for (Protection protection : protections) {
        progress.accept("Stealing behind: %s ...".formatted(protection.name()));
        results.add(market.result(protection));
      }
      progress.accept("Replaying honest clients ...");
      Batch honest = all.slice(typical, all.count()).inputs();
      watches = HonestReplay.watches(model, monitors, honest, extent.replays());
    }
    FidelityPlot.of("A thief who takes answers for what they are", results, Result::naive)
        .write(folder.resolve("naive.svg"));
    FidelityPlot.of("Whichever thief has the best copy", results, Result::best)
        .write(folder.resolve("best.svg"));
    Findings findings = new Findings(results, watches);
    TheftTables.write(findings, folder.resolve("theft.html"));
    return findings;
  }

  /** Where the model is sold. */
  private record Market(
      Path folder, Extent extent, Model model, Examples pool, Examples heldOut, Judge judge) {
    Result result(Protection protection) throws IOException {
      Schedule schedule = extent.schedule();
      int identities = extent.identities();
      List<Theft> thefts = new ArrayList<>();
      for (Thief thief :
          List.of(
              Thief.naive(schedule),
              Thief.synthesising(schedule, extent.budget()),
              Thief.rotating(schedule, identities),
              Thief.averaging(schedule, identities),
              Thief.waiting(schedule),
              Thief.averagingSlowly(schedule),
              Thief.trustingLabels(schedule, identities))) {
        thefts.add(theft(protection, thief));
      }
      return new Result(protection.name(), price(protection), thefts);
    }

    /** A thief knows the quota, and does not run into it. */
    Theft theft(Protection protection, Thief thief) throws IOException {
      try (SentimentService service =
              SentimentService.open(
                  model,
                  protection.guards().get(),
                  "thief",
                  thief.identities(),
                  folder.resolve("audit-of-thieves.jsonl"));
          DjlModel surrogate = Sentiment.untrained(extent.words(), Seed.of(3))) {
        HttpModel victim = service.asAnyOf(0, thief.identities());
        Extraction<DjlModel> stolen =
            thief.steal(
                victim,
                protection.affordable(thief, extent.budget()),
                () -> service.day(heldOut.inputs().slice(0, extent.reference())),
                surrogate,
                pool,
                judge,
                Seed.of(4));
        return new Theft(
            thief.name(),
            victim.queries(),
            judge.fidelity(surrogate),
            rowsSent(stolen.curve(), thief.repeats()),
            service.rowsUntilAlarm());
      }
    }

    private static List<Extraction.Point> rowsSent(List<Extraction.Point> curve, int repeats) {
      return curve.stream()
          .map(point -> new Extraction.Point(point.queries() * repeats, point.agreement()))
          .toList();
    }

    /** Each customer asks about some sentences, ten at a time. */
    Price price(Protection protection) throws IOException {
      int customers = extent.customers();
      int share = heldOut.count() / customers;
      int right = 0;
      double distance = 0;
      try (SentimentService service =
          SentimentService.open(
              model,
              protection.guards().get(),
              "customer",
              customers,
              folder.resolve("audit-of-customers.jsonl"))) {
        for (int customer = 0; customer < customers; customer++) {
          Examples own = heldOut.slice(customer * share, (customer + 1) * share);
          Batch told = service.asCustomer(customer, own.inputs());
          Batch truth = Averaging.probabilities(model.logits(own.inputs()));
          for (int i = 0; i < own.count(); i++) {
            right += told.argmax(i) == own.labels().atRow(i) ? 1 : 0;
            for (int k = 0; k < told.width(); k++) {
              distance += Math.abs(told.get(i, k) - truth.get(i, k));
            }
          }
        }
        double asked = share * customers;
        return new Price(right / asked, distance / asked);
      }
    }
  }
}
