package io.gauntlet.defenses.detect;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * Rejects what does harm: a group of rows is flagged if training on it beside trusted rows makes a
 * model worse than training on the trusted rows alone.
 *
 * <p>Follows Nelson, Barreno, Chi, Joseph, Rubinstein, Saini, Sutton, Tygar, Xia: Exploiting
 * Machine Learning to Subvert Your Spam Filter, LEET 2008 (Reject On Negative Impact). Differs from
 * it in three ways. Rows are tried by {@link Sources}, not one by one. Harm is the rise of the mean
 * cross-entropy, which a small quiz shows sooner than a count of errors. What is too much is not
 * set by hand: groups of trusted rows are tried in the same way, and the worst tolerated harm is
 * theirs: their mean and so many of their deviations.
 *
 * <p>In every trial the trusted rows are dealt out anew: a third to train on, a third to make such
 * groups of, a third to measure with. Costs {@code trials * (1 + sources + groups)} trainings on a
 * third of the trusted rows and one group, with {@value #GROUPS} groups. A source is tried with its
 * first {@code most} rows drawn at random.
 *
 * <p>Finds flipped labels and other poison that lowers accuracy, where it is a fair share of its
 * source. Blind to backdoors and to poison with one target, which do no harm to clean rows.
 *
 * @param models a fresh one for each training, always with the same weights
 * @param fit how they are trained
 * @param sources which rows stand and fall together
 * @param trusted rows that are known to be clean; at least 3 times {@code most}
 * @param most rows of a source that are tried; at least 1
 * @param trials over which harm is averaged; at least 1
 * @param deviations of the trusted groups' harm that are tolerated; finite, not negative
 */
public record Roni(
    Supplier<? extends TrainableModel> models,
    Fit fit,
    Sources sources,
    Examples trusted,
    int most,
    int trials,
    float deviations)
    implements PoisonDetector {
  private static final int GROUPS = 8;

  /** Checks the numbers. */
  public Roni {
    Check.atLeast(1, most, "most");
    Check.atLeast(1, trials, "trials");
    Check.nonNegative(deviations, "deviations");
    Check.atLeast(3L * most, trusted.count(), "number of trusted rows");
  }

  /** Up to twenty rows of a source, three trials, three deviations. */
  public static Roni standard(
      Supplier<? extends TrainableModel> models, Sources sources, Examples trusted) {
    return new Roni(models, Fit.standard(), sources, trusted, 20, 3, 3);
  }

  /** The same with models trained in another way. */
  public Roni withFit(Fit newFit) {
    return new Roni(models, newFit, sources, trusted, most, trials, deviations);
  }

  /** The same trying another number of rows of each source. */
  public Roni withMost(int newMost) {
    return new Roni(models, fit, sources, trusted, newMost, trials, deviations);
  }

  /** The same averaging over another number of trials. */
  public Roni withTrials(int newTrials) {
    return new Roni(models, fit, sources, trusted, most, newTrials, deviations);
  }

  /** The same tolerating another number of deviations. */
  public Roni withDeviations(float newDeviations) {
    return new Roni(models, fit, sources, trusted, most, trials, newDeviations);
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
    List<String> names = sources.names();
    double[] harm = new double[names.size()];
    SummaryStatistics harmless = new SummaryStatistics();
    Retraining retraining = new Retraining(models, fit);
    for (int trial = 0; trial < trials; trial++) {
      Trial dealt = new Trial(retraining, trusted, seed.derive(trial));
      for (int group = 0; group < GROUPS; group++) {
        harmless.addValue(dealt.harm(dealt.trustedGroup(group, most)));
      }
      for (int i = 0; i < harm.length; i++) {
        int[] rows = sources.rowsOf(names.get(i));
        Examples group = training.select(drawn(rows, most, seed.derive(trial).derive(i)));
        harm[i] += dealt.harm(group) / trials;
      }
    }
    double tolerated = harmless.getMean() + deviations * harmless.getStandardDeviation();
    Findings findings = new Findings(training.count());
    for (int i = 0; i < harm.length; i++) {
      int[] rows = sources.rowsOf(names.get(i));
      double[] scores = new double[rows.length];
      Arrays.fill(scores, harm[i]);
      String reason =
          Findings.text(
              "raises the cross-entropy of trusted rows by %.4f; up to %.4f is tolerated",
              harm[i], tolerated);
      findings.ruledByRows("source " + names.get(i), rows, scores, tolerated, reason);
    }
    return findings.suspicion();
  }

  private static int[] drawn(int[] rows, int most, Seed seed) {
    return Arrays.stream(seed.permutation(rows.length))
        .limit(most)
        .map(i -> rows[i])
        .sorted()
        .toArray();
  }

  /** One deal of the trusted rows, and the model that knows nothing else. */
  private static final class Trial {
    private final Retraining retraining;
    private final Seed seed;
    private final Examples base;
    private final Examples spare;
    private final Examples quiz;
    private final double alone;

    Trial(Retraining retraining, Examples trusted, Seed seed) {
      this.retraining = retraining;
      this.seed = seed;
      int[] order = seed.permutation(trusted.count());
      base = third(trusted, order, 0);
      spare = third(trusted, order, 1);
      quiz = third(trusted, order, 2);
      alone = loss(base);
    }

    private static Examples third(Examples trusted, int[] order, int number) {
      int size = order.length / 3;
      int[] rows = Arrays.copyOfRange(order, number * size, (number + 1) * size);
      Arrays.sort(rows);
      return trusted.select(rows);
    }

    Examples trustedGroup(int number, int most) {
      int[] all = new int[spare.count()];
      Arrays.setAll(all, i -> i);
      return spare.select(drawn(all, most, seed.derive(number)));
    }

    double harm(Examples group) {
      return loss(Retraining.joined(base, group)) - alone;
    }

    private double loss(Examples training) {
      return Arrays.stream(retraining.losses(training, quiz, seed)).average().orElseThrow();
    }
  }
}
