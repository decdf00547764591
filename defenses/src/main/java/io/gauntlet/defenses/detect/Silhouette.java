package io.gauntlet.defenses.detect;

import io.gauntlet.defenses.detect.ActivationClustering.Point;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.ml.clustering.Cluster;
import org.apache.commons.math3.ml.distance.EuclideanDistance;

/**
 * How much nearer points are to their own cluster than to the other, on average: 1 is two far
 * apart, 0 is none.
 *
 * <p>Rousseeuw: Silhouettes, Journal of Computational and Applied Mathematics 1987. Of clusters
 * larger than {@value #MOST} points, so many are drawn at random, each cluster keeping its weight:
 * pairs would grow with the square of the rows.
 */
final class Silhouette {
  private static final int MOST = 1000;
  private static final EuclideanDistance DISTANCE = new EuclideanDistance();

  private Silhouette() {}

  static double of(Cluster<Point> first, Cluster<Point> second, Seed seed) {
    List<Point> one = drawn(first.getPoints(), seed.derive(0));
    List<Point> other = drawn(second.getPoints(), seed.derive(1));
    int rows = first.getPoints().size() + second.getPoints().size();
    return (first.getPoints().size() * mean(one, other)
            + second.getPoints().size() * mean(other, one))
        / rows;
  }

  private static List<Point> drawn(List<Point> points, Seed seed) {
    if (points.size() <= MOST) {
      return points;
    }
    return Arrays.stream(seed.permutation(points.size()))
        .limit(MOST)
        .mapToObj(points::get)
        .toList();
  }

  private static double mean(List<Point> own, List<Point> other) {
    if (own.size() == 1) {
      return 0; // as the paper defines it
    }
    double sum = 0;
    for (Point point : own) {
      double inside = total(point, own) / (own.size() - 1);
      double outside = total(point, other) / other.size();
      double larger = Math.max(inside, outside);
      sum += larger == 0 ? 0 : (outside - inside) / larger;
    }
    return sum / own.size();
  }

  private static double total(Point from, List<Point> to) {
    double sum = 0;
    for (Point point : to) {
      sum += DISTANCE.compute(from.getPoint(), point.getPoint());
    }
    return sum;
  }
}
