package io.gauntlet.defenses.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrincipalDirectionsTest {
  @ParameterizedTest
  @CsvSource({"40, 7", "200, 30", "12, 40", "30, 30", "9, 2000"})
  void are_the_singular_vectors_of_the_centred_rows(int count, int width) {
    RandomGenerator random = Seed.of(count).forExample(width);
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * (1 + 3.0 / (1 + i % width)) + 5);
    }
    Batch all = Batch.wrap(width, values);
    int[] rows = IntStream.range(1, count).toArray(); // not all of them
    int wanted = 3;
    PrincipalDirections found = PrincipalDirections.of(all, rows, wanted, Seed.of(4));
    SingularValueDecomposition exact = exact(all, rows);
    for (int k = 0; k < wanted; k++) {
      double variance = Math.pow(exact.getSingularValues()[k], 2) / rows.length;
      assertThat(found.variance(k)).isCloseTo(variance, within(1e-9 * variance));
      double cosine = 0;
      for (int j = 0; j < width; j++) {
        cosine += found.directions()[k][j] * exact.getV().getEntry(j, k);
      }
      assertThat(Math.abs(cosine)).isCloseTo(1, within(1e-7));
    }
    double[][] coordinates = found.scatter().coordinates(0, found.directions());
    RealVector along = exact.getU().getColumnVector(0).mapMultiply(exact.getSingularValues()[0]);
    for (int i = 0; i < rows.length; i++) {
      assertThat(Math.abs(coordinates[i][0])).isCloseTo(Math.abs(along.getEntry(i)), within(1e-4));
    }
  }

  private static SingularValueDecomposition exact(Batch all, int[] rows) {
    double[][] centred = new double[rows.length][all.width()];
    for (int j = 0; j < all.width(); j++) {
      double mean = 0;
      for (int row : rows) {
        mean += all.get(row, j) / (double) rows.length;
      }
      for (int i = 0; i < rows.length; i++) {
        centred[i][j] = all.get(rows[i], j) - mean;
      }
    }
    return new SingularValueDecomposition(new Array2DRowRealMatrix(centred));
  }

  /** Two points, p apart: the direction between them, and p² / 4 along it. */
  @Test
  void of_two_places_lead_from_one_to_the_other() {
    Batch all = Batch.of(new float[][] {{1, 1, 1}, {4, 5, 1}, {1, 1, 1}, {4, 5, 1}});
    PrincipalDirections found = PrincipalDirections.of(all, new int[] {0, 1, 2, 3}, 2, Seed.of(1));
    assertThat(found.directions()[0]).containsExactly(new double[] {0.6, 0.8, 0}, within(1e-12));
    assertThat(found.variance(0)).isCloseTo(6.25, within(1e-12));
    assertThat(found.variance(1)).isCloseTo(0, within(1e-12));
    assertThat(found.scatter().coordinates(0, found.directions()))
        .satisfies(
            xy -> {
              assertThat(xy[0][0]).isCloseTo(-2.5, within(1e-12));
              assertThat(xy[1][0]).isCloseTo(2.5, within(1e-12));
            });
  }

  @Test
  void of_rows_that_are_all_the_same_have_no_variance() {
    Batch all = Batch.of(new float[][] {{1, 2}, {1, 2}, {1, 2}});
    PrincipalDirections found = PrincipalDirections.of(all, new int[] {0, 1, 2}, 1, Seed.of(1));
    assertThat(found.variance(0)).isZero();
  }
}
