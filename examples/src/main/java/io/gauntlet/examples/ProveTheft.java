package io.gauntlet.examples;

import io.gauntlet.attacks.extraction.CopycatCnn;
import io.gauntlet.attacks.extraction.Disclosure;
import io.gauntlet.attacks.extraction.Fidelity;
import io.gauntlet.attacks.extraction.Imitation;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.KnockoffNets;
import io.gauntlet.attacks.extraction.Oracle;
import io.gauntlet.attacks.extraction.Schedule;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.ownership.DatasetInference;
import io.gauntlet.defenses.ownership.Dawn;
import io.gauntlet.defenses.ownership.DawnSettings;
import io.gauntlet.defenses.ownership.Evidence;
import io.gauntlet.defenses.ownership.RandomSplit;
import io.gauntlet.defenses.ownership.TriggerSet;
import io.gauntlet.defenses.ownership.Watermark;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.defenses.postprocess.Utility;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A sentiment model is marked in three ways, stolen by thieves of whom some know the marks, and
 * looked for in their copies, and in a model that is none.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am -Dexec.mainClass=io.gauntlet.examples.ProveTheft
 * }</pre>
 *
 * <p>The owner draws by lot which of his sentences to train on (dataset inference), mixes secret
 * ones with random labels among them (trigger set), and answers a few questions of each client
 * wrongly (DAWN). Thieves ask about sentences of others.
 */
public final class ProveTheft {
  private static final String PLAIN_THIEF = "KnockoffNets";

  private ProveTheft() {}

  /**
   * How much is done.
   *
   * @param words features of a sentence
   * @param owned sentences that are the owner's
   * @param members sentences of those that the owner trains on
   * @param epochs the owner's passes over them
   * @param triggers secret inputs in the trigger set
   * @param pool sentences that a thief has
   * @param heldOut sentences that copies are judged on, and an honest customer asks about
   * @param share of answers that DAWN makes wrong
   * @param schedule how a thief's asking and training take turns
   */
  public record Extent(
      int words,
      int owned,
      int members,
      int epochs,
      int triggers,
      int pool,
      int heldOut,
      double share,
      Schedule schedule) {
    /** All sentences; a minute or less. */
    public static Extent whole() {
      return new Extent(1000, 6000, 4500, 10, 100, 3500, 1162, 0.01, new Schedule(1, 20, 32));
    }

    /** Fewer sentences; some seconds. */
    public static Extent small() {
      return new Extent(500, 2400, 1800, 12, 60, 1500, 800, 0.02, new Schedule(1, 20, 32));
    }
  }

  /**
   * A model under suspicion.
   *
   * @param name where it comes from, which in earnest nobody knows
   * @param fidelity what it is worth
   * @param triggers evidence of the trigger set
   * @param thief evidence of what its thief was told by DAWN, or the plain thief where it has none
   * @param customer evidence of what an honest customer was told by DAWN
   * @param members evidence of dataset inference
   */
  public record Suspect(
      String name,
      Fidelity fidelity,
      Evidence triggers,
      Evidence thief,
      Evidence customer,
      Evidence members) {}

  /**
   * What came out.
   *
   * @param utility what DAWN costs the honest
   * @param suspects the model itself, one that was trained by itself, and the copies
   */
  public record Result(Utility utility, List<Suspect> suspects) {
    /** Copies the suspects. */
    public Result {
      suspects = List.copyOf(suspects);
    }
  }

  /** Prints the table. */
  public static void main(String[] arguments) {
    Result result = run(Extent.whole(), System.out::println);
    System.out.println();
    System.out.print(OwnershipTable.of(result));
  }

  /**
   * Trains, steals and tests.
   *
   * @param progress told what is going on
   */
  public static Result run(Extent extent, Consumer<String> progress) {
    Examples all = Sentences.bags(extent.words(), extent.owned());
    int judged = extent.owned() + extent.pool();
    RandomSplit split = RandomSplit.of(all.first(extent.owned()), extent.members(), Seed.of(1));
    Examples pool = all.slice(extent.owned(), judged);
    Examples heldOut = all.slice(judged, judged + extent.heldOut());
    TriggerSet triggers =
        TriggerSet.noise(all.shape(), Domain.UNIT, extent.triggers(), 2, Seed.of(2));
    Dawn dawn =
        Dawn.of(
            DawnSettings.standard().withShare(extent.share()),
            NoiseKey.of("a secret of the example".getBytes(StandardCharsets.US_ASCII)));
    progress.accept("Training on %s sentences ...".formatted(extent.members()));
    try (DjlModel model =
        Sentiment.trained(triggers.mixedInto(split.members()), extent.epochs(), Seed.of(3))) {
      GuardedModel sold = GuardedModel.of(model).guardedBy(dawn);
      sold.forClient("customer").logits(heldOut.inputs());
      Schedule schedule = extent.schedule();
      Imitation knockoff = KnockoffNets.standard().withSchedule(schedule);
      Imitation labelsAlone = CopycatCnn.standard().withSchedule(schedule);
      Theft theft = new Theft(sold, pool, Judge.of(model, heldOut), knockoff);
      List<Named> models = new ArrayList<>();
      models.add(new Named("the model itself", PLAIN_THIEF, model));
      progress.accept("Training without stealing ...");
      DjlModel own = Sentiment.trained(pool, extent.epochs(), Seed.of(4));
      models.add(new Named("independent", PLAIN_THIEF, own));
      progress.accept("Stealing ...");
      models.add(Named.of(PLAIN_THIEF, thief -> theft.by(thief, knockoff, pool)));
      models.add(Named.of("labels alone", thief -> theft.by(thief, labelsAlone, pool)));
      models.add(
          Named.of(
              "asks a fifth", thief -> theft.by(thief, knockoff, pool.first(pool.count() / 5))));
      models.add(Named.of("trains briefly", thief -> theft.by(thief, brief(schedule), pool)));
      models.add(
          Named.of("drops doubtful", thief -> theft.droppingDoubtful(thief, brief(schedule))));
      models.add(Named.of("fine-tunes", thief -> theft.fineTuned(thief, 2)));
      progress.accept("Testing ...");
      List<Suspect> suspects = new ArrayList<>();
      for (Named suspect : models) {
        suspects.add(
            new Suspect(
                suspect.name,
                theft.judge.fidelity(suspect.model),
                triggers.verify(suspect.model),
                told(dawn, suspect.client).verify(suspect.model),
                told(dawn, "customer").verify(suspect.model),
                DatasetInference.of(split).verify(suspect.model)));
      }
      models.subList(1, models.size()).forEach(named -> named.model.close());
      return new Result(Utility.of(model, heldOut, dawn), suspects);
    }
  }

  private static Imitation brief(Schedule schedule) {
    return KnockoffNets.standard().withSchedule(schedule.withEpochs(2));
  }

  private static Watermark told(Dawn dawn, String client) {
    return dawn.watermark(client)
        .orElseThrow(() -> new IllegalStateException("no wrong answer was given to " + client));
  }

  /** A model, and the client who is accused of having copied it. */
  private record Named(String name, String client, DjlModel model) {
    static Named of(String thief, Function<String, DjlModel> theft) {
      return new Named(thief, thief, theft.apply(thief));
    }
  }

  /** Copies of what a client is told. */
  private record Theft(GuardedModel sold, Examples pool, Judge judge, Imitation knockoff) {
    DjlModel by(String client, Imitation attack, Examples asked) {
      DjlModel surrogate = Sentiment.untrained(pool.inputs().width(), Seed.of(5));
      Oracle oracle = Oracle.of(sold.forClient(client), new Disclosure.Scores(), asked.count());
      return attack.extract(oracle, surrogate, asked, judge, Seed.of(6)).surrogate();
    }

    /** Trains again without the answers that a first copy would not have given. */
    DjlModel droppingDoubtful(String client, Imitation brief) {
      try (DjlModel first = by(client, brief, pool)) {
        Batch told = sold.forClient(client).logits(pool.inputs()); // as a thief has kept it
        Batch expected = first.logits(pool.inputs());
        int[] plausible = told.rowsWhere(i -> told.argmax(i) == expected.argmax(i));
        return by(client, knockoff, pool.select(plausible));
      }
    }

    /** Goes on with the labels that the thief's sentences have. */
    DjlModel fineTuned(String client, int epochs) {
      DjlModel copy = by(client, knockoff, pool);
      Sentiment.train(copy, pool, epochs, Seed.of(7));
      return copy;
    }
  }
}
