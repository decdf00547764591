package io.gauntlet.defenses.detect;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.ModelException;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Flags rows whose units fire together in ways in which those of trusted rows of their class do
 * not.
 *
 * <p>Follows Ma, Wang, Sun, Xiao: <a href="https://arxiv.org/abs/2209.11715">The Beatrix
 * Resurrections: Robust Backdoor Detection via Gram Matrices</a>, NDSS 2023. Every entry of the
 * Gram matrix of a row's activations, of orders 1 to {@code orders}, has a range among the trusted
 * rows of its class, the median and ten median absolute deviations to either side; the score of a
 * row is by how much its entries leave their ranges, added up. Differs from the paper in two ways.
 * An excess is not divided by the end of its range alone, which is zero for units that never fire,
 * but by that and the mean entry. A class is not ruled on by the distance of two distributions
 * compared to other classes, but by an exact binomial test of how many of its rows score above the
 * threshold: no class needs another to be compared to.
 *
 * <p>Half of a class's trusted rows give the ranges, the other half the threshold, the score that a
 * share of {@code falseAlarms} of them is above. Where the class is ruled to be poisoned, about as
 * many of its clean rows are flagged; where it is clean, none.
 *
 * <p>Takes {@code rows * channels² * positions * orders / 2} multiplications, and memory for the
 * activations alone. Blind to poison whose activations were trained to look clean, and as good as
 * its trusted rows: they must come from where the clean rows come from, not have been trained on
 * more or less than these, and be as many for every class.
 *
 * @param model trained on the rows to be judged
 * @param trusted rows that are known to be clean
 * @param positions values of one channel in the layer, which must be laid out channel by channel; 1
 *     where units are not maps; at least 1
 * @param orders of Gram matrices; 8 in the paper, which looks at maps; units that are not maps have
 *     the same matrix in every order; at least 1
 * @param falseAlarms share of trusted rows above the threshold; 0.05 in the paper; above 0, below 1
 * @param fewestTrusted rows of a class, below which it is not judged; at least 4
 */
public record Beatrix(
    FeatureModel model,
    Examples trusted,
    int positions,
    int orders,
    double falseAlarms,
    int fewestTrusted)
    implements PoisonDetector {
  private static final double SIGNIFICANCE = 1e-3;

  /** Checks the numbers. */
  public Beatrix {
    Check.atLeast(1, positions, "positions");
    Check.atLeast(1, orders, "orders");
    if (!(falseAlarms > 0 && falseAlarms < 1)) {
      throw new IllegalArgumentException(
          "falseAlarms must be above 0 and below 1, but was " + falseAlarms);
    }
    Check.atLeast(4, fewestTrusted, "fewestTrusted");
  }

  /** For a layer without maps: one order, 5 % false alarms, at least 20 trusted rows a class. */
  public static Beatrix standard(FeatureModel model, Examples trusted) {
    return new Beatrix(model, trusted, 1, 1, 0.05, 20);
  }

  /** For a layer of maps, so many values each, in eight orders as in the paper. */
  public Beatrix onMaps(int newPositions) {
    return new Beatrix(model, trusted, newPositions, 8, falseAlarms, fewestTrusted);
  }

  /** The same with matrices of another number of orders. */
  public Beatrix withOrders(int newOrders) {
    return new Beatrix(model, trusted, positions, newOrders, falseAlarms, fewestTrusted);
  }

  /** The same with another share of trusted rows above the threshold. */
  public Beatrix withFalseAlarms(double newFalseAlarms) {
    return new Beatrix(model, trusted, positions, orders, newFalseAlarms, fewestTrusted);
  }

  /** The same with another number of trusted rows below which a class is not judged. */
  public Beatrix withFewestTrusted(int newFewestTrusted) {
    return new Beatrix(model, trusted, positions, orders, falseAlarms, newFewestTrusted);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModelException also if the layer's units are not a multiple of {@code positions}
   */
  @Override
  public Suspicion detect(Examples training, Seed seed) {
    Batch judged = Activations.of(model.features(), training.inputs());
    Batch known = Activations.of(model.features(), trusted.inputs());
    if (judged.width() % positions != 0) {
      throw new ModelException(
          "a layer of maps of %s values must have a multiple of as many units, but has %s"
              .formatted(positions, judged.width()));
    }
    Findings findings = new Findings(training.count());
    for (int label = 0; label < training.labels().classes(); label++) {
      int[] rows = Activations.rowsOf(label, training.labels());
      int[] clean = Activations.rowsOf(label, trusted.labels());
      if (rows.length > 0 && clean.length < fewestTrusted) {
        findings.notJudged(
            "class " + label,
            rows,
            "%s trusted rows, fewer than %s".formatted(clean.length, fewestTrusted));
      } else if (rows.length > 0) {
        judge(
            "class " + label,
            judged.select(rows),
            rows,
            known.select(dealt(clean, seed)),
            findings);
      }
    }
    return findings.suspicion();
  }

  private static int[] dealt(int[] rows, Seed seed) {
    return Arrays.stream(seed.permutation(rows.length)).map(i -> rows[i]).toArray();
  }

  private void judge(String name, Batch judged, int[] rows, Batch clean, Findings findings) {
    Batch ranging = clean.slice(0, clean.rows() / 2);
    Batch testing = clean.slice(clean.rows() / 2, clean.rows());
    GramDeviations deviations = new GramDeviations(ranging, positions, orders);
    double[] usual = deviations.of(testing);
    Arrays.sort(usual);
    int above = (int) (falseAlarms * (usual.length + 1));
    double threshold = usual[usual.length - 1 - Math.min(above, usual.length - 1)];
    double[] scores = deviations.of(judged);
    int found = (int) Arrays.stream(scores).filter(score -> score > threshold).count();
    double expected = (above + 1.0) / (usual.length + 1); // of a row that is one more of them
    double chance =
        found == 0
            ? 1
            : 1
                - new BinomialDistribution(null, rows.length, expected)
                    .cumulativeProbability(found - 1);
    String reason =
        Findings.text(
            "%d of %d rows deviate more than %.3g, where %.1f are expected: p = %.2g",
            found, rows.length, threshold, expected * rows.length, chance);
    if (chance < SIGNIFICANCE) {
      findings.poisoned(name, rows, scores, threshold, reason);
    } else {
      findings.clean(name, rows, scores, reason);
    }
  }
}
