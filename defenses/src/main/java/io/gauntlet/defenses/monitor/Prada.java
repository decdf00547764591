package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
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
 * <p>{@linkplain #of With a fixed threshold} there is no bound on false alarms: honest streams need
 * not be normal, as where one client asks for two kinds of images; nor does the paper's threshold
 * fit every kind of input: distances of bags of words stay near normal whoever asks. {@linkplain
 * #calibrated Calibrated}, the threshold is what replayed honest clients stay above.
 *
 * <p><b>An adaptive thief</b> mixes in natural inputs, or steals with natural inputs only, as
 * KnockoffNets does; then the distances are those of honest traffic. With several identities each
 * stays below the first test.
 */
public final class Prada implements Monitor {
  private static final int TEST_EVERY = 10;
  private static final int BELOW = 4; // replayed clients: of one alone the rate would vary much

  private final PradaSettings settings;
  private final Watch<Client> watch;
  private final Map<Integer, double[]> weights = new ConcurrentHashMap<>(); // by sample size

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

  /**
   * The monitor with the highest threshold at which honest clients raise alarm no more often than
   * stated. Clients who each draw {@code horizon} of the honest rows are replayed, 4 / {@code
   * falseAlarmRate} of them, and the threshold is the fourth lowest W of theirs: another one falls
   * below it with that probability, as far as the honest rows stand for all.
   *
   * @param settings whose threshold is replaced; as many clients are watched as they say
   * @param honest inputs of honest traffic, shape (rows, features); at least as many rows as the
   *     horizon, better several times as many
   * @param told the model's answers to them, shape (rows, classes)
   * @param sensitivity the rate within the first {@code horizon} rows of a client
   * @param seed of the draws
   * @throws IllegalArgumentException if within the horizon no client comes to a test, or the
   *     distances of one are all the same: then nothing can be told from them
   */
  public static Prada calibrated(
      PradaSettings settings, Batch honest, Batch told, Sensitivity sensitivity, Seed seed) {
    Check.atLeast(sensitivity.horizon(), honest.rows(), "honest rows");
    Prada prada = of(settings);
    double[] lowest = new double[(int) Math.ceil(BELOW / sensitivity.falseAlarmRate()) - 1];
    for (int number = 0; number < lowest.length; number++) {
      Client client = prada.new Client();
      lowest[number] = 1;
      for (int row : drawn(sensitivity.horizon(), honest.rows(), seed.forExample(number))) {
        lowest[number] = Math.min(lowest[number], client.see(honest.row(row), told.argmax(row)));
      }
    }
    Arrays.sort(lowest);
    double threshold = lowest[BELOW - 1];
    if (!(threshold > 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "the lowest W of honest clients must be above 0 and below 1, but within %s rows was %s"
              .formatted(sensitivity.horizon(), threshold));
    }
    return of(settings.withNormality(threshold));
  }

  /** So many of the first numbers, none twice. */
  private static int[] drawn(int count, int of, RandomGenerator random) {
    int[] numbers = new int[of];
    Arrays.setAll(numbers, i -> i);
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i, of);
      int swapped = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = swapped;
    }
    return Arrays.copyOf(numbers, count);
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    return watch.observe(
        query,
        (client, row) -> {
          double w = client.see(query.inputs().row(row), probabilities.argmax(row));
          return w >= settings.normality()
              ? null
              : String.format(
                  Locale.ROOT,
                  "W %.3f of %d distances, normal from %.3f",
                  w,
                  client.distances.size(),
                  settings.normality());
        });
  }

  /** With the threshold that a calibration found; good for another monitor of the same traffic. */
  public PradaSettings settings() {
    return settings;
  }

  @Override
  public String toString() {
    return "Prada" + settings;
  }

  private final class Client {
    private final List<@Nullable GrowingSet> byClass = new ArrayList<>();
    private final Deque<Double> distances = new ArrayDeque<>();
    private long seen;

    /** Returns W of the latest distances; 1 where they are not tested. */
    double see(float[] input, int chosen) {
      while (byClass.size() <= chosen) {
        byClass.add(null);
      }
      GrowingSet set = byClass.get(chosen);
      if (set == null) {
        byClass.set(chosen, new GrowingSet(settings.members(), input));
        return 1;
      }
      if (distances.size() == settings.window()) {
        distances.removeFirst();
      }
      distances.addLast(set.distanceTo(input));
      seen++;
      return distances.size() >= settings.minimum() && seen % TEST_EVERY == 0 ? normality() : 1;
    }

    private double normality() {
      double[] typical = withoutOutliers();
      return typical.length < settings.minimum() / 2
          ? 1
          : ShapiroWilk.of(typical, weights.computeIfAbsent(typical.length, ShapiroWilk::weights));
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
    private static final int BLOCK = 64;

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

    /** In blocks of four sums, which the processor adds at once; stops where it is enough. */
    private static double squared(float[] a, float[] b, double enough) {
      double sum = 0;
      int j = 0;
      for (int block = BLOCK; block <= a.length && sum < enough; block += BLOCK) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (; j < block; j += 4) {
          float d0 = a[j] - b[j];
          float d1 = a[j + 1] - b[j + 1];
          float d2 = a[j + 2] - b[j + 2];
          float d3 = a[j + 3] - b[j + 3];
          s0 += d0 * d0;
          s1 += d1 * d1;
          s2 += d2 * d2;
          s3 += d3 * d3;
        }
        sum += (s0 + s1) + (s2 + s3);
      }
      for (; j < a.length && sum < enough; j++) {
        double difference = a[j] - b[j];
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
