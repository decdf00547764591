package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Suspects clients whose inputs are not normally far from each other: those of a thief who makes
 * inputs out of inputs lie at the distances of his step size.
 *
 * <p>Follows Juuti, Szyller, Marchal, Asokan: <a href="https://arxiv.org/abs/1805.02628">PRADA:
 * Protecting Against DNN Model Stealing Attacks</a>, EuroS&amp;P 2019: the L2 distance of an input
 * to the nearest of its class in a growing set; inputs join the set that are further away than the
 * mean less a standard deviation of its members; distances further than three standard deviations
 * from the mean are left out; the rest is tested for normality. Differs from it in two ways: state
 * is bounded, by forgetting the oldest distances and members, and the test comes after every tenth
 * distance, as in the authors' code.
 *
 * <p>There is no bound on false alarms: honest streams need not be normal, as where one client asks
 * for two kinds of images. Measure them on your own traffic, for example by replaying it.
 *
 * <p><b>An adaptive thief</b> mixes in natural inputs, or steals with natural inputs only, as
 * KnockoffNets does; then the distances are those of honest traffic. With several identities each
 * stays below the first test.
 */
public final class Prada implements Monitor {
  private static final int TEST_EVERY = 10;

  private final PradaSettings settings;
  private final Watch<Client> watch;

  private Prada(PradaSettings settings) {
    this.settings = settings;
    watch = new Watch<>(title(), settings.clients(), Client::new);
  }

  /** A monitor with these settings. */
  public static Prada of(PradaSettings settings) {
    return new Prada(settings);
  }

  /** The monitor of the paper in bounded memory. */
  public static Prada standard() {
    return of(PradaSettings.standard());
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    return watch.observe(
        query, (client, row) -> client.see(query.inputs().row(row), probabilities.argmax(row)));
  }

  @Override
  public String toString() {
    return "Prada" + settings;
  }

  private final class Client {
    private final List<@Nullable GrowingSet> byClass = new ArrayList<>();
    private final Deque<Double> distances = new ArrayDeque<>();
    private long seen;

    @Nullable String see(float[] input, int chosen) {
      while (byClass.size() <= chosen) {
        byClass.add(null);
      }
      GrowingSet set = byClass.get(chosen);
      if (set == null) {
        byClass.set(chosen, new GrowingSet(settings.members(), input));
        return null;
      }
      if (distances.size() == settings.window()) {
        distances.removeFirst();
      }
      distances.addLast(set.distanceTo(input));
      seen++;
      return distances.size() >= settings.minimum() && seen % TEST_EVERY == 0 ? test() : null;
    }

    private @Nullable String test() {
      double[] typical = withoutOutliers();
      if (typical.length < settings.minimum() / 2) {
        return null;
      }
      double w = ShapiroWilk.of(typical);
      return w >= settings.normality()
          ? null
          : String.format(
              Locale.ROOT,
              "W %.3f of %d distances, normal from %.3f",
              w,
              typical.length,
              settings.normality());
    }

    private double[] withoutOutliers() {
      double[] all = distances.stream().mapToDouble(Double::doubleValue).toArray();
      Moments moments = new Moments();
      for (double distance : all) {
        moments.add(distance);
      }
      double far = 3 * moments.deviation();
      return distances.stream()
          .mapToDouble(Double::doubleValue)
          .filter(distance -> Math.abs(distance - moments.mean()) <= far)
          .toArray();
    }
  }

  /** Inputs of one class that lie apart from each other. */
  private static final class GrowingSet {
    private final int most;
    private final Deque<float[]> members = new ArrayDeque<>();
    private final Moments apart = new Moments();
    private double threshold;

    GrowingSet(int most, float[] first) {
      this.most = most;
      members.add(first);
    }

    /** The distance to the nearest member; an input that is far from all becomes one. */
    double distanceTo(float[] input) {
      double nearest = Double.POSITIVE_INFINITY;
      for (float[] member : members) {
        nearest = Math.min(nearest, squared(member, input, nearest));
      }
      double distance = Math.sqrt(nearest);
      if (distance > threshold) {
        if (members.size() == most) {
          members.removeFirst();
        }
        members.addLast(input);
        apart.add(distance);
        threshold = Math.max(threshold, apart.mean() - apart.deviation());
      }
      return distance;
    }

    private static double squared(float[] a, float[] b, double enough) {
      float sum = 0;
      for (int j = 0; j < a.length && sum < enough; j++) {
        float difference = a[j] - b[j];
        sum += difference * difference;
      }
      return sum;
    }
  }

  /** Running mean and standard deviation (Welford 1962). */
  private static final class Moments {
    private long count;
    private double mean;
    private double squares;

    void add(double value) {
      count++;
      double offset = value - mean;
      mean += offset / count;
      squares += offset * (value - mean);
    }

    double mean() {
      return mean;
    }

    double deviation() {
      return Math.sqrt(squares / count);
    }
  }
}
