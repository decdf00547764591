package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * The directions along which rows vary most: the top right singular vectors of the centred rows.
 *
 * <p>Block power iteration from a random start, with a Rayleigh-Ritz step to stop by: Halko,
 * Martinsson, Tropp: <a href="https://arxiv.org/abs/0909.4061">Finding Structure with
 * Randomness</a>, SIAM Review 2011, section 4.5.
 */
final class PrincipalDirections {
  private static final int SPARE = 8; // directions carried along, which speed up the wanted ones
  private static final int MOST_ITERATIONS = 200;
  private static final double EXACT = 1e-12; // of the largest variance, from step to step
  private static final double ROUGH = 1e-4;

  private final Scatter scatter;
  private final double[][] directions;
  private final double[] variances;

  private PrincipalDirections(Scatter scatter, double[][] directions, double[] variances) {
    this.scatter = scatter;
    this.directions = directions;
    this.variances = variances;
  }

  /**
   * Of the chosen rows, to the precision of doubles where one stands out from the next.
   *
   * @param wanted how many directions; those that do not exist are left out
   */
  static PrincipalDirections of(Batch all, int[] rows, int wanted, Seed seed) {
    return of(all, rows, wanted, EXACT, seed);
  }

  /** As above, for those who need most of the variance, in whichever directions it is. */
  static PrincipalDirections roughly(Batch all, int[] rows, int wanted, Seed seed) {
    return of(all, rows, wanted, ROUGH, seed);
  }

  private static PrincipalDirections of(
      Batch all, int[] rows, int wanted, double settled, Seed seed) {
    int width = all.width();
    Scatter scatter = Scatter.of(all, List.of(rows));
    int count = Math.min(wanted, Math.min(width, rows.length));
    int carried = Math.min(count + SPARE, width);
    double[][] block = random(carried, width, seed);
    orthonormalise(block);
    double[] values = new double[carried];
    for (int i = 0; i < MOST_ITERATIONS; i++) {
      double[][] image = scatter.times(block);
      EigenDecomposition ritz = rayleighRitz(block, image);
      double[] before = values;
      values = ritz.getRealEigenvalues();
      block = rotated(ritz, image);
      orthonormalise(block);
      if (haveSettled(before, values, count, settled)) {
        break;
      }
    }
    double[] variances = new double[count];
    for (int k = 0; k < count; k++) {
      variances[k] = Math.max(0, values[k]) / rows.length;
    }
    for (int k = 0; k < count; k++) {
      pointUp(block[k]);
    }
    return new PrincipalDirections(scatter, Arrays.copyOf(block, count), variances);
  }

  private static double[][] random(int count, int width, Seed seed) {
    RandomGenerator random = seed.forExample(0);
    double[][] block = new double[count][width];
    for (double[] vector : block) {
      Arrays.setAll(vector, j -> random.nextGaussian());
    }
    return block;
  }

  /** Gram-Schmidt, twice; what has no part of its own becomes zero. */
  private static void orthonormalise(double[][] block) {
    for (int k = 0; k < block.length; k++) {
      double whole = Math.sqrt(Scatter.dot(block[k], block[k]));
      for (int pass = 0; pass < 2; pass++) {
        for (int before = 0; before < k; before++) {
          Scatter.plus(block[k], -Scatter.dot(block[k], block[before]), block[before]);
        }
      }
      double length = Math.sqrt(Scatter.dot(block[k], block[k]));
      double factor = length > 1e-12 * whole ? 1 / length : 0;
      for (int j = 0; j < block[k].length; j++) {
        block[k][j] *= factor;
      }
    }
  }

  private static EigenDecomposition rayleighRitz(double[][] block, double[][] image) {
    double[][] small = new double[block.length][block.length];
    for (int i = 0; i < small.length; i++) {
      for (int j = 0; j <= i; j++) {
        small[i][j] = (Scatter.dot(block[i], image[j]) + Scatter.dot(block[j], image[i])) / 2;
        small[j][i] = small[i][j];
      }
    }
    return new EigenDecomposition(new Array2DRowRealMatrix(small, false));
  }

  private static double[][] rotated(EigenDecomposition ritz, double[][] image) {
    double[][] rotated = new double[image.length][image[0].length];
    for (int k = 0; k < rotated.length; k++) {
      double[] weights = ritz.getEigenvector(k).toArray();
      for (int i = 0; i < image.length; i++) {
        Scatter.plus(rotated[k], weights[i], image[i]);
      }
    }
    return rotated;
  }

  private static boolean haveSettled(double[] before, double[] values, int count, double settled) {
    for (int k = 0; k < count; k++) {
      if (Math.abs(values[k] - before[k]) > settled * Math.abs(values[0])) {
        return false;
      }
    }
    return true;
  }

  /** A direction is as good as its opposite: the larger of its entries shall be positive. */
  private static void pointUp(double[] direction) {
    double largest = 0;
    for (double entry : direction) {
      largest = Math.abs(entry) > Math.abs(largest) ? entry : largest;
    }
    if (largest < 0) {
      for (int j = 0; j < direction.length; j++) {
        direction[j] = -direction[j];
      }
    }
  }

  /** How many there are. */
  int count() {
    return directions.length;
  }

  /** Mean square of the rows along a direction; from the largest down. */
  double variance(int direction) {
    return variances[direction];
  }

  /** Unit vectors, one for each row of the answer. */
  double[][] directions() {
    return directions.clone();
  }

  /** What they are the directions of. */
  Scatter scatter() {
    return scatter;
  }
}
