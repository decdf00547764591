package io.gauntlet.defenses.detect;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Flags a source without which a model becomes more accurate.
 *
 * <p>Follows Baracaldo, Chen, Ludwig, Safavi: Mitigating Poisoning Attacks on Machine Learning
 * Models: A Data Provenance Based Approach, AISec 2017. Differs from it in what "more accurate"
 * means: not only a difference above {@code tolerance}, but also one that passes McNemar's exact
 * test on the rows that one of the two models gets right and the other does not, corrected by
 * Bonferroni for the number of sources.
 *
 * <p>With trusted rows, accuracy is measured on these. Without, every source is dealt in two
 * halves, one to train on and one to measure with, and a source is never measured with its own:
 * poison then spoils the measure too, and most sources must be clean.
 *
 * <p>Costs one training more than there are sources, each on nearly all rows. Finds flipped labels
 * and other poison that lowers accuracy. Blind to backdoors and to poison with one target, which do
 * no harm to clean rows, to poison spread thinly over all sources, and to a source whose like does
 * the same harm without it.
 *
 * @param models a fresh one for each training, always with the same weights
 * @param fit how they are trained
 * @param sources which rows stand and fall together
 * @param trusted rows that are known to be clean, if there are any
 * @param tolerance accuracy that may be gained without a source, since no two trainings end alike;
 *     finite, not negative
 * @param significance chance that any clean source is flagged where removing it changes nothing;
 *     above 0, below 1
 */
public record ProvenanceFilter(
    Supplier<? extends TrainableModel> models,
    Fit fit,
    Sources sources,
    Optional<Examples> trusted,
    float tolerance,
    double significance)
    implements PoisonDetector {

  /** Checks the numbers. */
  public ProvenanceFilter {
    Check.nonNegative(tolerance, "tolerance");
    if (!(significance > 0 && significance < 1)) {
      throw new IllegalArgumentException(
          "significance must be above 0 and below 1, but was " + significance);
    }
  }

  /** Measures with rows that are known to be clean, from a gain of 2 points on, at 0.01. */
  public static ProvenanceFilter trusting(
      Examples trusted, Supplier<? extends TrainableModel> models, Sources sources) {
    return new ProvenanceFilter(models, Fit.standard(), sources, Optional.of(trusted), 0.02f, 0.01);
  }

  /** Measures with rows of the other sources, from a gain of 2 points on, at 0.01. */
  public static ProvenanceFilter trustingNone(
      Supplier<? extends TrainableModel> models, Sources sources) {
    return new ProvenanceFilter(models, Fit.standard(), sources, Optional.empty(), 0.02f, 0.01);
  }

  /** The same with models trained in another way. */
  public ProvenanceFilter withFit(Fit newFit) {
    return new ProvenanceFilter(models, newFit, sources, trusted, tolerance, significance);
  }

  /** The same tolerating another gain in accuracy. */
  public ProvenanceFilter withTolerance(float newTolerance) {
    return new ProvenanceFilter(models, fit, sources, trusted, newTolerance, significance);
  }

  /** The same with another chance of accusing a clean source. */
  public ProvenanceFilter withSignificance(double newSignificance) {
    return new ProvenanceFilter(models, fit, sources, trusted, tolerance, newSignificance);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there are not as many sources as rows, or a label is not
   *     one of the model's classes
   */
  @Override
  public Suspicion detect(Examples training, Seed seed) {
    sources.requireRows(training.count());
    boolean[] measures = trusted.isPresent() ? new boolean[training.count()] : halves(seed);
    Examples heldOut = trusted.orElseGet(() -> training.select(where(measures, true)));
    Retraining retraining = new Retraining(models, fit);
    int[] learnt = where(measures, false);
    boolean[] with = retraining.right(training.select(learnt), heldOut, seed);
    Findings findings = new Findings(training.count());
    List<String> names = sources.names();
    for (String name : names) {
      boolean[] own = new boolean[training.count()];
      int[] rows = sources.rowsOf(name);
      for (int row : rows) {
        own[row] = true;
      }
      int[] rest = Arrays.stream(learnt).filter(row -> !own[row]).toArray();
      if (rest.length == 0) {
        findings.notJudged("source " + name, rows, "there is no other to train on");
        continue;
      }
      boolean[] without = retraining.right(training.select(rest), heldOut, seed);
      int[] quiz = quiz(heldOut, training, own);
      judge("source " + name, rows, Change.of(with, without, quiz), names.size(), findings);
    }
    return findings.suspicion();
  }

  /** True for every other row of each source, in random order: the half that measures. */
  private boolean[] halves(Seed seed) {
    boolean[] measures = new boolean[sources.rows()];
    List<String> names = sources.names();
    for (int i = 0; i < names.size(); i++) {
      int[] rows = sources.rowsOf(names.get(i));
      int[] order = seed.derive(i).permutation(rows.length);
      for (int k = 0; k < rows.length / 2; k++) {
        measures[rows[order[k]]] = true;
      }
    }
    return measures;
  }

  private static int[] where(boolean[] set, boolean wanted) {
    return IntStream.range(0, set.length).filter(row -> set[row] == wanted).toArray();
  }

  /** The held-out rows that are not the source's own. */
  private int[] quiz(Examples heldOut, Examples training, boolean[] own) {
    return heldOut
        .inputs()
        .rowsWhere(
            row ->
                trusted.isPresent()
                    || !own[training.inputs().rowOf(heldOut.inputs().example(row))]);
  }

  private void judge(String name, int[] rows, Change change, int tests, Findings findings) {
    double[] scores = new double[rows.length];
    Arrays.fill(scores, change.gain());
    double level = significance / tests;
    String reason =
        Findings.text(
            "without it %d of %d rows become right and %d wrong, p = %.2g; suspicious below %.2g"
                + " and from a gain of %.3f on",
            change.gained, change.rows, change.lost, change.chance(), level, tolerance);
    if (change.chance() < level && change.gain() > tolerance) {
      findings.poisoned(name, rows, scores, tolerance, reason);
    } else {
      findings.clean(name, rows, scores, reason);
    }
  }

  /**
   * What leaving a source out does to held-out rows.
   *
   * @param rows held out
   * @param gained of these, right without the source only
   * @param lost of these, right with the source only
   */
  record Change(int rows, int gained, int lost) {
    static Change of(boolean[] with, boolean[] without, int[] rows) {
      int gained = 0;
      int lost = 0;
      for (int row : rows) {
        gained += without[row] && !with[row] ? 1 : 0;
        lost += with[row] && !without[row] ? 1 : 0;
      }
      return new Change(rows.length, gained, lost);
    }

    /** In accuracy; what is not measured gains nothing. */
    double gain() {
      return (gained - lost) / (double) Math.max(1, rows);
    }

    /** Of so many gains or more, that is so few losses, were they a matter of luck. */
    double chance() {
      return new BinomialDistribution(null, gained + lost, 0.5).cumulativeProbability(lost);
    }
  }
}
