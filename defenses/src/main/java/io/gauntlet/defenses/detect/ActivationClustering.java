package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.ml.clustering.CentroidCluster;
import org.apache.commons.math3.ml.clustering.Clusterable;
import org.apache.commons.math3.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math3.ml.distance.EuclideanDistance;

/**
 * Cuts the activations of every class into two clusters and flags one of them, where the two are
 * truly two and one is truly suspicious.
 *
 * <p>Follows Chen, Carvalho, Baracaldo, Ludwig, Edwards, Lee, Molloy, Srivastava: <a
 * href="https://arxiv.org/abs/1811.03728">Detecting Backdoor Attacks on Deep Neural Networks by
 * Activation Clustering</a>, SafeAI 2019. Differs from it in four ways. Activations are reduced by
 * PCA after whitening them by the other classes (see {@link SpectralSignatures}), not by ICA.
 * Clusters start by k-means++, several times, and the tightest pair is kept. Two of the paper's
 * criteria must hold, not one: silhouette <em>and</em> relative size, since a smaller cluster alone
 * exists in every clean class; and there must be a valley between the clusters, since a long tail
 * has a high silhouette. A cluster that is spread at least 1.25 times as widely as the other is
 * mixed, as rows of several classes are: it is suspicious at any size, and at a lower silhouette,
 * which its spread keeps low. The paper's exclusionary reclassification is not done: it is one
 * training for each class.
 *
 * <p>The score of a row is how much nearer it is to the suspect cluster's centre, from -1 to 1 at
 * the centres; in a class that is not suspicious, less the highest.
 *
 * <p>Cost is that of {@link SpectralSignatures}, and k-means on {@code dimensions} numbers for each
 * row of one class at a time. Blind to poison that does not form a cluster of its own, and to
 * poison of one other class that is more than {@code largestShare} of its class.
 *
 * @param dimensions to reduce activations to; at least 1, at most 32; 10 in the paper
 * @param restarts of k-means; at least 1
 * @param silhouette from which on the two clusters are two; above -1, below 1
 * @param mixedSilhouette the same where the suspect cluster is mixed; above -1, below 1
 * @param largestShare of the class in the smaller cluster that still makes it suspicious; above 0,
 *     at most 0.5
 * @param fewestRows of a class, below which it is not judged; at least 4
 */
public record ActivationClustering(
    int dimensions,
    int restarts,
    float silhouette,
    float mixedSilhouette,
    float largestShare,
    int fewestRows)
    implements ActivationDetector {
  private static final int ITERATIONS = 100;
  private static final EuclideanDistance DISTANCE = new EuclideanDistance();

  /** Checks the numbers. */
  public ActivationClustering {
    Check.atLeast(1, dimensions, "dimensions");
    if (dimensions > WhitenedClasses.MOST) {
      throw new IllegalArgumentException(
          "dimensions must be at most %s, but was %s".formatted(WhitenedClasses.MOST, dimensions));
    }
    Check.atLeast(1, restarts, "restarts");
    requireSilhouette(silhouette, "silhouette");
    requireSilhouette(mixedSilhouette, "mixedSilhouette");
    if (!(largestShare > 0 && largestShare <= 0.5f)) {
      throw new IllegalArgumentException(
          "largestShare must be above 0 and at most 0.5, but was " + largestShare);
    }
    Check.atLeast(4, fewestRows, "fewestRows");
  }

  private static void requireSilhouette(float silhouette, String name) {
    if (!(silhouette > -1 && silhouette < 1)) {
      throw new IllegalArgumentException(
          "%s must be above -1 and below 1, but was %s".formatted(name, silhouette));
    }
  }

  /**
   * Ten dimensions, the best of five starts; two clusters from a silhouette of 0.4 on, a mixed one
   * from 0.25 on; up to two fifths of a class of at least 30 rows.
   */
  public static ActivationClustering standard() {
    return new ActivationClustering(10, 5, 0.4f, 0.25f, 0.4f, 30);
  }

  /** The same with activations reduced to another number of dimensions. */
  public ActivationClustering withDimensions(int newDimensions) {
    return new ActivationClustering(
        newDimensions, restarts, silhouette, mixedSilhouette, largestShare, fewestRows);
  }

  /** The same with another number of starts of k-means. */
  public ActivationClustering withRestarts(int newRestarts) {
    return new ActivationClustering(
        dimensions, newRestarts, silhouette, mixedSilhouette, largestShare, fewestRows);
  }

  /** The same asking for other silhouettes, of clusters in general and of mixed ones. */
  public ActivationClustering withSilhouettes(float newSilhouette, float newMixedSilhouette) {
    return new ActivationClustering(
        dimensions, restarts, newSilhouette, newMixedSilhouette, largestShare, fewestRows);
  }

  /** The same suspecting smaller clusters of up to another share of their class. */
  public ActivationClustering withLargestShare(float newLargestShare) {
    return new ActivationClustering(
        dimensions, restarts, silhouette, mixedSilhouette, newLargestShare, fewestRows);
  }

  /** The same with another number of rows below which a class is not judged. */
  public ActivationClustering withFewestRows(int newFewestRows) {
    return new ActivationClustering(
        dimensions, restarts, silhouette, mixedSilhouette, largestShare, newFewestRows);
  }

  @Override
  public Suspicion detect(Batch activations, Labels labels, Seed seed) {
    Activations.check(activations, labels);
    WhitenedClasses whitened = new WhitenedClasses(activations, labels);
    Findings findings = new Findings(labels.count());
    for (int label = 0; label < labels.classes(); label++) {
      int[] rows = Activations.rowsOf(label, labels);
      String name = "class " + label;
      if (rows.length > 0 && rows.length < fewestRows) {
        findings.notJudged(name, rows, "%s rows, fewer than %s".formatted(rows.length, fewestRows));
      } else if (rows.length > 0) {
        Seed own = seed.derive(label);
        double[][] points = whitened.coordinates(rows, dimensions, own.derive(0));
        if (points[0].length == 0) {
          findings.notJudged(name, rows, "all its activations are the same");
        } else {
          judge(name, points, rows, own.derive(1), findings);
        }
      }
    }
    return findings.suspicion();
  }

  private void judge(String name, double[][] points, int[] rows, Seed seed, Findings findings) {
    List<CentroidCluster<Point>> clusters = clusters(points, seed.derive(0));
    double[] one = clusters.get(0).getCenter().getPoint();
    double[] other = clusters.get(1).getCenter().getPoint();
    boolean[] isOne = new boolean[rows.length];
    for (int i = 0; i < isOne.length; i++) {
      isOne[i] = nearer(points[i], one, other) > 0;
    }
    TwoSides sides = TwoSides.of(points, isOne);
    double[] there = sides.firstIsSuspect() ? one : other;
    double[] here = sides.firstIsSuspect() ? other : one;
    double measured = Silhouette.of(clusters.get(0), clusters.get(1), seed.derive(1));
    double[] along = new double[rows.length];
    Arrays.setAll(along, i -> nearer(points[i], there, here));
    double[] sorted = along.clone();
    Arrays.sort(sorted);
    boolean valley = TwoGroups.of(sorted, Math.max(1, sides.suspects() / 2)).exist();
    float needed = sides.isMixed() ? mixedSilhouette : silhouette;
    boolean lopsided = sides.smallerShare() <= largestShare || sides.isMixed();
    boolean poisoned = measured >= needed && lopsided && valley;
    double from =
        poisoned ? 0 : sorted[sorted.length - 1]; // so that rows of clean classes rank below
    double[] scores = new double[rows.length];
    Arrays.setAll(scores, i -> along[i] - from);
    String reason =
        Findings.text(
            "silhouette %.2f of %d %s rows and %d others, with %s between them; two clusters from"
                + " %.2f on",
            measured,
            sides.suspects(),
            sides.kind(),
            sides.others(),
            valley ? "a valley" : "no valley",
            needed);
    if (poisoned) {
      findings.poisoned(name, rows, scores, 0, reason);
    } else {
      findings.clean(name, rows, scores, reason);
    }
  }

  /** 1 at the first place, -1 at the second, 0 halfway between. */
  private static double nearer(double[] point, double[] to, double[] than) {
    double between = DISTANCE.compute(to, than);
    double near = DISTANCE.compute(point, to);
    double far = DISTANCE.compute(point, than);
    return (far * far - near * near) / (between * between);
  }

  /** One row of a class, reduced. */
  static final class Point implements Clusterable {
    private final double[] coordinates;

    Point(double[] coordinates) {
      this.coordinates = coordinates;
    }

    @Override
    public double[] getPoint() {
      return coordinates;
    }
  }

  private List<CentroidCluster<Point>> clusters(double[][] coordinates, Seed seed) {
    List<Point> points = new ArrayList<>(coordinates.length);
    for (double[] coordinate : coordinates) {
      points.add(new Point(coordinate));
    }
    KMeansPlusPlusClusterer<Point> clusterer =
        new KMeansPlusPlusClusterer<>(2, ITERATIONS, DISTANCE, new SeededGenerator(seed));
    List<CentroidCluster<Point>> best = List.of();
    double tightest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < restarts; i++) {
      List<CentroidCluster<Point>> pair = clusterer.cluster(points);
      double inside = pair.stream().mapToDouble(ActivationClustering::squares).sum();
      if (inside < tightest) {
        tightest = inside;
        best = pair;
      }
    }
    return best;
  }

  private static double squares(CentroidCluster<Point> cluster) {
    double sum = 0;
    for (Point point : cluster.getPoints()) {
      double distance = DISTANCE.compute(point.getPoint(), cluster.getCenter().getPoint());
      sum += distance * distance;
    }
    return sum;
  }
}
