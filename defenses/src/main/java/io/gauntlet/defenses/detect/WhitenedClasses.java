package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The rows of one class in few coordinates, in which the rows of the other classes scatter by one
 * unit every way. What a class has in common with the others, such as strokes that are thick or
 * thin, then no longer hides what it has of its own.
 *
 * <p>The idea is that of Hayase, Kong, Somani, Oh: <a
 * href="https://arxiv.org/abs/2104.11315">SPECTRE: Defending Against Backdoor Attacks Using Robust
 * Statistics</a>, ICML 2021, which whitens by a robust covariance of the class itself; other
 * classes need no robustness as long as most of them are clean.
 */
final class WhitenedClasses {
  static final int MOST = 32; // directions of a class that are whitened

  private static final double SHRINKAGE = 0.1; // towards the same scatter in every direction

  private final Batch activations;
  private final Scatter within;

  WhitenedClasses(Batch activations, Labels labels) {
    this.activations = activations;
    List<int[]> classes =
        IntStream.range(0, labels.classes())
            .mapToObj(label -> Activations.rowsOf(label, labels))
            .filter(rows -> rows.length > 0)
            .toList();
    within = Scatter.of(activations, classes);
  }

  /**
   * Coordinates of a class from its mean, those that vary most first.
   *
   * @param rows all of one class
   * @param most coordinates; up to {@value #MOST}
   * @return shape (rows, coordinates); no coordinate if the rows are all the same
   */
  double[][] coordinates(int[] rows, int most, Seed seed) {
    PrincipalDirections own = PrincipalDirections.roughly(activations, rows, MOST, seed);
    if (own.variance(0) == 0) {
      return new double[rows.length][0];
    }
    RealMatrix ours = along(own.directions(), own.scatter());
    RealMatrix whitening = whitening(own.directions(), ours, rows.length);
    RealMatrix whitened = whitening.multiply(ours).multiply(whitening.transpose());
    RealMatrix turn = new EigenDecomposition(symmetric(whitened)).getVT();
    double[][] directions =
        turn.multiply(whitening)
            .multiply(new Array2DRowRealMatrix(own.directions(), false))
            .getData();
    int kept = Math.min(most, directions.length);
    return own.scatter().coordinates(0, Arrays.copyOf(directions, kept));
  }

  private static RealMatrix along(double[][] directions, Scatter scatter) {
    return new Array2DRowRealMatrix(directions, false)
        .multiply(new Array2DRowRealMatrix(scatter.times(directions), false).transpose());
  }

  /** Takes the scatter of the other classes to one, along the directions of this class. */
  private RealMatrix whitening(double[][] directions, RealMatrix ours, int rows) {
    int others = within.rows() - rows;
    int count = directions.length;
    if (others == 0) {
      return MatrixUtils.createRealIdentityMatrix(count);
    }
    RealMatrix scatter = along(directions, within).subtract(ours).scalarMultiply(1.0 / others);
    double mean = scatter.getTrace() / count;
    if (mean <= 0) {
      return MatrixUtils.createRealIdentityMatrix(count);
    }
    RealMatrix shrunk =
        scatter.add(MatrixUtils.createRealIdentityMatrix(count).scalarMultiply(SHRINKAGE * mean));
    EigenDecomposition axes = new EigenDecomposition(symmetric(shrunk));
    RealMatrix root = MatrixUtils.createRealMatrix(count, count);
    for (int k = 0; k < count; k++) {
      root.setEntry(k, k, 1 / Math.sqrt(Math.max(axes.getRealEigenvalue(k), SHRINKAGE * mean)));
    }
    return root.multiply(axes.getVT());
  }

  private static RealMatrix symmetric(RealMatrix matrix) {
    return matrix.add(matrix.transpose()).scalarMultiply(0.5);
  }
}
