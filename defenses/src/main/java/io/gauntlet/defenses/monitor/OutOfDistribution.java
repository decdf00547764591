package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import java.util.Arrays;
import java.util.Optional;

/**
 * Suspects clients too many of whose inputs lie outside the distribution of honest ones, as those
 * of KnockoffNets, Copycat and generated queries do.
 *
 * <p>An input is outside where its mean squared deviation from the honest means, each feature in
 * its own variance, is above the 0.95 quantile of honest inputs. One half of the honest inputs
 * gives means and variances, the other the quantile. The share outside is tested by betting (see
 * {@link Sensitivity}); state per client is two counts.
 *
 * <p>Features are taken as independent: an input that is typical feature by feature and impossible
 * as a whole is not noticed.
 *
 * <p><b>An adaptive thief</b> shrinks his inputs towards the honest mean, steals with a public data
 * set of the same kind, or mixes in nineteen honest inputs for each of his own.
 */
public final class OutOfDistribution implements Monitor {
  private static final double INSIDE = 0.95;
  private static final double FLOOR = 0.1; // of the mean variance: constant features have none

  private final double[] means;
  private final double[] variances;
  private final double cut;
  private final Profile profile;

  private OutOfDistribution(
      double[] means, double[] variances, double cut, int[] counts, Sensitivity sensitivity) {
    this.means = means;
    this.variances = variances;
    this.cut = cut;
    profile = new Profile("OutOfDistribution", counts, sensitivity, bin -> bin == 1);
  }

  /**
   * Learns where honest inputs lie.
   *
   * @param honest inputs of honest traffic, shape (rows, features); at least 40 rows, better
   *     several times the horizon
   */
  public static OutOfDistribution of(Batch honest, Sensitivity sensitivity) {
    Check.atLeast(40, honest.rows(), "honest rows");
    Batch toFit = honest.select(honest.rowsWhere(row -> row % 2 == 0));
    Batch toCut = honest.select(honest.rowsWhere(row -> row % 2 == 1));
    double[] means = new double[honest.width()];
    double[] variances = new double[honest.width()];
    double total = 0;
    for (int j = 0; j < means.length; j++) {
      for (int i = 0; i < toFit.rows(); i++) {
        means[j] += toFit.get(i, j) / toFit.rows();
      }
      for (int i = 0; i < toFit.rows(); i++) {
        variances[j] += Math.pow(toFit.get(i, j) - means[j], 2) / toFit.rows();
      }
      total += variances[j];
    }
    double floor = total > 0 ? FLOOR * total / means.length : Float.MIN_NORMAL;
    for (int j = 0; j < means.length; j++) {
      variances[j] += floor;
    }
    double[] deviations = new double[toCut.rows()];
    Arrays.setAll(deviations, row -> deviation(toCut, row, means, variances));
    Arrays.sort(deviations);
    int inside = (int) (INSIDE * deviations.length);
    int[] counts = {inside, deviations.length - inside};
    return new OutOfDistribution(means, variances, deviations[inside], counts, sensitivity);
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    return profile.observe(
        query, row -> deviation(query.inputs(), row, means, variances) < cut ? 0 : 1);
  }

  private static double deviation(Batch inputs, int row, double[] means, double[] variances) {
    double sum = 0;
    for (int j = 0; j < means.length; j++) {
      double offset = inputs.get(row, j) - means[j];
      sum += offset * offset / variances[j];
    }
    return sum / means.length;
  }
}
