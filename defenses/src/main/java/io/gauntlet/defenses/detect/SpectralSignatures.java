package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;

/**
 * Flags the rows of a class that stand apart along the direction in which its activations vary
 * most.
 *
 * <p>Follows Tran, Li, Madry: <a href="https://arxiv.org/abs/1811.00636">Spectral Signatures in
 * Backdoor Attacks</a>, NeurIPS 2018. The paper removes a fixed share of every class, clean or not,
 * by the squared deviation along that direction: this is {@link Cut.Quota}. The standard {@link
 * Cut.Separated} differs from it in three ways. Activations are whitened by the other classes
 * first, as in <a href="https://arxiv.org/abs/2104.11315">SPECTRE</a> (Hayase 2021), so that the
 * direction is the one in which this class is unlike others. Nothing is flagged unless the class
 * falls into two groups along it that no distribution with one peak could make. Then one group is,
 * the smaller one or, where both are two fifths of the class or more, the one that is spread more
 * widely; scores are signed, so that poison that is half of its class still ranks above all else.
 *
 * <p>For n rows in all and d units, n d² multiplications and 16 d² bytes for up to 1,024 units, no
 * more than a class has rows; otherwise some hundred times n d, and no memory that grows with the
 * rows. Blind to poison that is a few rows, that lies along none of the class's 32 top directions,
 * or whose activations were trained to look clean; a clean class of two kinds that have nothing in
 * between, such as two breeds under one label, is flagged too.
 *
 * @param cut where suspicion begins
 * @param fewestRows of a class, below which it is not judged; at least 10
 */
public record SpectralSignatures(Cut cut, int fewestRows) implements ActivationDetector {
  private static final int FEWEST_OF_A_GROUP = 5;

  /** Where suspicion begins. */
  public sealed interface Cut {
    /**
     * Flags one of two groups, if there are two.
     *
     * @param clearance from which on there are two groups: the distance from the cut between them
     *     to the mean of either, in deviations of that group. One group has at most 1.73, whatever
     *     its shape; finite, positive
     * @param mixedClearance the same where the suspected group is spread at least 1.25 times as
     *     widely as the other, as rows of several classes are; finite, positive
     * @param smallestGroup share of the class that is enough to be a group rather than outliers;
     *     above 0, below 0.5
     */
    record Separated(float clearance, float mixedClearance, float smallestGroup) implements Cut {
      /** Checks the numbers. */
      public Separated {
        Check.positive(clearance, "clearance");
        Check.positive(mixedClearance, "mixedClearance");
        requireShare(smallestGroup, 0.5f, "smallestGroup");
      }
    }

    /**
     * Flags as many rows of every class, clean ones too.
     *
     * @param poisoned share of the class that is expected to be; above 0, below 1
     * @param margin times that many are flagged; 1.5 in the paper; finite, positive
     */
    record Quota(float poisoned, float margin) implements Cut {
      /** Checks the numbers. */
      public Quota {
        requireShare(poisoned, 1, "poisoned");
        Check.positive(margin, "margin");
      }
    }

    private static void requireShare(float share, float below, String name) {
      if (!(share > 0 && share < below)) {
        throw new IllegalArgumentException(
            "%s must be above 0 and below %s, but was %s".formatted(name, below, share));
      }
    }
  }

  /** Checks the numbers. */
  public SpectralSignatures {
    Check.atLeast(2 * FEWEST_OF_A_GROUP, fewestRows, "fewestRows");
  }

  /**
   * Two groups from 2.75 deviations on, mixed ones from 2, of at least 1 % of a class of at least
   * 30 rows.
   */
  public static SpectralSignatures standard() {
    return new SpectralSignatures(new Cut.Separated(2.75f, 2, 0.01f), 30);
  }

  /** The paper's: flags 1.5 times the expected share of poison in every class. */
  public static SpectralSignatures quota(float poisoned) {
    return standard().withCut(new Cut.Quota(poisoned, 1.5f));
  }

  /** The same with suspicion beginning elsewhere. */
  public SpectralSignatures withCut(Cut newCut) {
    return new SpectralSignatures(newCut, fewestRows);
  }

  /** The same with another number of rows below which a class is not judged. */
  public SpectralSignatures withFewestRows(int newFewestRows) {
    return new SpectralSignatures(cut, newFewestRows);
  }

  @Override
  public Suspicion detect(Batch activations, Labels labels, Seed seed) {
    Activations.check(activations, labels);
    WhitenedClasses whitened = new WhitenedClasses(activations, labels);
    Findings findings = new Findings(labels.count());
    for (int label = 0; label < labels.classes(); label++) {
      int[] rows = Activations.rowsOf(label, labels);
      String name = "class " + label;
      Seed own = seed.derive(label);
      if (rows.length > 0 && rows.length < fewestRows) {
        findings.notJudged(name, rows, "%s rows, fewer than %s".formatted(rows.length, fewestRows));
      } else if (rows.length > 0 && cut instanceof Cut.Quota quota) {
        flag(quota, name, PrincipalDirections.of(activations, rows, 1, own), rows, findings);
      } else if (rows.length > 0 && cut instanceof Cut.Separated wanted) {
        double[][] points = whitened.coordinates(rows, WhitenedClasses.MOST, own);
        separate(wanted, name, points, rows, findings);
      }
    }
    return findings.suspicion();
  }

  private static void flag(
      Cut.Quota quota, String name, PrincipalDirections top, int[] rows, Findings findings) {
    double[][] along = top.scatter().coordinates(0, top.directions());
    double[] scores = new double[rows.length];
    Arrays.setAll(scores, i -> along[i][0] * along[i][0]);
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    int flagged = (int) (quota.margin * quota.poisoned * sorted.length);
    double threshold = flagged >= sorted.length ? -1 : sorted[sorted.length - 1 - flagged];
    findings.ruledByRows(name, rows, scores, threshold, "a fixed quota");
  }

  private static void separate(
      Cut.Separated wanted, String name, double[][] points, int[] rows, Findings findings) {
    if (points[0].length == 0) {
      findings.notJudged(name, rows, "all its activations are the same");
      return;
    }
    double[] along = Arrays.stream(points).mapToDouble(point -> point[0]).toArray();
    double[] sorted = along.clone();
    Arrays.sort(sorted);
    int smallest = Math.max(FEWEST_OF_A_GROUP, (int) Math.ceil(wanted.smallestGroup * rows.length));
    TwoGroups groups = TwoGroups.of(sorted, smallest);
    boolean[] above = new boolean[along.length];
    for (int i = 0; i < above.length; i++) {
      above[i] = along[i] > groups.cut();
    }
    TwoSides sides = TwoSides.of(points, above);
    boolean upward = sides.firstIsSuspect();
    double needed = sides.isMixed() ? wanted.mixedClearance : wanted.clearance;
    boolean two = groups.clearance() >= needed;
    double end = upward ? sorted[sorted.length - 1] : sorted[0];
    double from = two ? groups.cut() : end; // so that rows of clean classes rank below
    double[] scores = new double[along.length];
    Arrays.setAll(scores, i -> upward ? along[i] - from : from - along[i]);
    String reason =
        Findings.text(
            "the clearest cut leaves %d %s rows and %d others, %.2f deviations off; two groups"
                + " exist from %.2f on",
            sides.suspects(), sides.kind(), sides.others(), groups.clearance(), needed);
    if (two) {
      findings.poisoned(name, rows, scores, 0, reason);
    } else {
      findings.clean(name, rows, scores, reason);
    }
  }
}
