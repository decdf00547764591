package io.gauntlet.defenses.evasion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.preprocess.BitDepth;
import io.gauntlet.defenses.preprocess.GaussianSmoothing;
import io.gauntlet.defenses.preprocess.MedianSmoothing;
import io.gauntlet.defenses.preprocess.RandomResizePad;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DetectorsTest {
  private static final Examples CLEAN = Planted.points(600, 1);
  private static final Batch ARRIVING = Planted.points(200, 2).inputs();

  /** The features of {@link Planted#NET} are its inputs, so that distances are known. */
  private static final FeatureModel NET = Planted.NET;

  @Test
  void squeezing_scores_the_largest_distance_of_probabilities() {
    Mlp two = Mlp.linear(Domain.UNIT, new float[][] {{4, 0}, {0, 0}}, new float[2]); // sigmoid(4 x)
    EvasionDetector detector =
        new FeatureSqueezing(List.of(new BitDepth(1), new BitDepth(2))).on(two);
    Batch scores = detector.scores(Batch.of(new float[] {0.4f, 0}, new float[] {1, 0}));
    double coarse = 2 * (sigmoid(1.6) - sigmoid(0)); // one bit makes 0.4 black
    double fine = 2 * (sigmoid(1.6) - sigmoid(4 / 3.0));
    assertThat(coarse).isGreaterThan(fine);
    assertThat(scores.get(0, 0)).isCloseTo((float) coarse, within(1e-6f));
    assertThat(scores.get(1, 0)).isZero();
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void the_slope_of_squeezing_is_exact_where_that_of_its_squeezers_is() {
    EvasionDetector detector =
        new FeatureSqueezing(List.of(new GaussianSmoothing(0.6f), new MedianSmoothing(2)))
            .on(Planted.NET);
    assertThat(Planted.slopeError(detector, ARRIVING.slice(0, 40), 1e-3f)).isLessThan(0.02);
    assertThat(detector.route())
        .isEqualTo(
            "GaussianSmoothing[deviation=0.6]: exact gradient; MedianSmoothing[side=2]: exact"
                + " gradient");
  }

  @Test
  void squeezers_must_not_be_random() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FeatureSqueezing(List.of(RandomResizePad.standard())))
        .withMessageContaining("but one was RandomResizePad[smallest=0.9]");
    assertThatIllegalArgumentException().isThrownBy(() -> new FeatureSqueezing(List.of()));
  }

  @Test
  void mahalanobis_is_the_squared_distance_from_the_nearest_class_in_deviations() {
    Examples few =
        Examples.of(
            Batch.of(
                new float[] {0.1f, 0.1f, 0, 0}, // class 0 about (0.2, 0.2)
                new float[] {0.3f, 0.1f, 0, 0},
                new float[] {0.1f, 0.3f, 0, 0},
                new float[] {0.3f, 0.3f, 0, 0},
                new float[] {0.8f, 0.9f, 0, 0}), // class 2, alone
            0,
            0,
            0,
            0,
            2);
    Mlp plane = // two features
        Mlp.of(
            Shape.of(1, 2, 2),
            Domain.UNIT,
            List.of(
                Mlp.Dense.of(new float[][] {{1, 0, 0, 0}, {0, 1, 0, 0}}, new float[2]),
                Mlp.Dense.of(new float[3][2], new float[3])));
    EvasionDetector detector = new Mahalanobis(0).fit(plane, few);
    double variance = 4 * 0.01 / 5; // of five rows, one of which is its own mean
    Batch scores =
        detector.scores(
            Batch.of(
                new float[] {0.2f, 0.2f, 1, 1},
                new float[] {0.5f, 0.2f, 0, 0},
                new float[] {0.8f, 1, 0, 0}));
    assertThat(scores.get(0, 0)).isCloseTo(0, within(1e-4f));
    assertThat(scores.get(1, 0)).isCloseTo((float) (0.09 / variance), within(1e-3f));
    assertThat(scores.get(2, 0)).isCloseTo((float) (0.01 / variance), within(1e-3f));
  }

  @Test
  void mahalanobis_sees_what_is_far_in_the_narrow_direction_alone() {
    EvasionDetector detector = Mahalanobis.standard().fit(NET, CLEAN);
    Threshold threshold = Threshold.calibrate(detector, Planted.points(500, 3).inputs(), 0.05);
    Batch aside = ARRIVING.editRows((row, x) -> x[3] += 0.15f); // seven deviations
    assertThat(refused(detector, threshold, aside)).isGreaterThan(195);
    Batch wide = ARRIVING.editRows((row, x) -> x[(row + 1) % 3] += 0.02f); // a fifth of one
    assertThat(refused(detector, threshold, wide)).isLessThan(30);
    assertThat(Planted.slopeError(detector, ARRIVING.slice(0, 40), 1e-3f)).isLessThan(0.02);
  }

  /** 5 % of 200 are 10; 24 has a probability below 1e-4. */
  @Test
  void clean_inputs_are_refused_as_seldom_as_asked_for() {
    Batch heldOut = Planted.points(900, 4).inputs();
    List<EvasionDetector> detectors =
        List.of(
            FeatureSqueezing.standard().on(Planted.NET),
            Mahalanobis.standard().fit(NET, CLEAN),
            LocalIntrinsicDimensionality.standard().fit(NET, CLEAN.inputs()));
    for (EvasionDetector detector : detectors) {
      Threshold threshold = Threshold.calibrate(detector, heldOut, 0.05);
      assertThat(refused(detector, threshold, ARRIVING)).as(detector.toString()).isLessThan(24);
      assertThat(threshold.falsePositiveRate(0.999).lower()).isLessThan(0.05);
    }
  }

  private static int refused(EvasionDetector detector, Threshold threshold, Batch inputs) {
    Batch scores = detector.scores(inputs);
    return scores.rowsWhere(row -> threshold.refuses(scores.get(row, 0))).length;
  }

  @Test
  void without_shrinkage_a_unit_that_never_fires_is_refused_by_name() {
    Examples still =
        new Examples(CLEAN.shape(), CLEAN.inputs().editRows((row, x) -> x[3] = 0), CLEAN.labels());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Mahalanobis(0).fit(NET, still))
        .withMessage(
            "the features' covariance must not be singular, but was with a shrinkage of 0.0");
    assertThat(Mahalanobis.standard().fit(NET, still).scores(ARRIVING).rows()).isEqualTo(200);
  }

  @Test
  void dimensionality_is_the_maximum_likelihood_estimate_by_hand() {
    float[][] references = {{0.1f, 0, 0, 0}, {0, 0.2f, 0, 0}, {0, 0, 0.4f, 0}, {1, 1, 1, 1}};
    EvasionDetector detector = new LocalIntrinsicDimensionality(3).fit(NET, Batch.of(references));
    double sum = Math.log(0.1 / 0.4) + Math.log(0.2 / 0.4);
    assertThat(detector.scores(Batch.of(new float[4])).get(0, 0))
        .isCloseTo((float) (-3 / sum), within(1e-4f));
  }

  /**
   * Uniform references in a square, a cube and four dimensions; the estimate's deviation is 6 %.
   */
  @Test
  void dimensionality_is_that_of_what_lies_around() {
    for (int dimensions = 2; dimensions <= 4; dimensions++) {
      int used = dimensions;
      Batch references =
          Batch.wrap(4, new float[4 * 20_000])
              .editRows(
                  (row, x) -> {
                    RandomGenerator random = Seed.of(used).forExample(row);
                    for (int j = 0; j < used; j++) {
                      x[j] = random.nextFloat();
                    }
                  });
      float[] middle = new float[4];
      Arrays.fill(middle, 0, used, 0.5f);
      double found =
          new LocalIntrinsicDimensionality(300)
              .fit(NET, references)
              .scores(Batch.of(middle))
              .get(0, 0);
      assertThat(found).isCloseTo(dimensions, within(0.2 * dimensions));
    }
  }

  @Test
  void the_slope_of_dimensionality_is_exact() {
    EvasionDetector detector = LocalIntrinsicDimensionality.standard().fit(NET, CLEAN.inputs());
    assertThat(Planted.slopeError(detector, ARRIVING.slice(0, 20), 2e-5f)).isLessThan(0.1);
  }

  @Test
  void an_input_that_is_a_reference_gets_a_finite_score() {
    EvasionDetector detector =
        new LocalIntrinsicDimensionality(2).fit(NET, ARRIVING.select(0, 0, 0, 1));
    assertThat(detector.scores(ARRIVING.slice(0, 1)).get(0, 0)).isFinite().isPositive();
  }

  @Test
  void features_without_slopes_are_refused() {
    FeatureModel opaque =
        Models.withFeatures(
            Planted.NET,
            Models.of("layer", Planted.NET.inputShape(), Domain.UNIT, 4, rows -> rows));
    assertThatThrownBy(() -> Mahalanobis.standard().fit(opaque, CLEAN))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a detector's attackers differentiate its features");
  }
}
