package io.gauntlet.benchmarks;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.evasion.DetectingModel;
import io.gauntlet.defenses.evasion.EvasionDetector;
import io.gauntlet.defenses.evasion.FeatureSqueezing;
import io.gauntlet.defenses.evasion.LocalIntrinsicDimensionality;
import io.gauntlet.defenses.evasion.Mahalanobis;
import io.gauntlet.defenses.evasion.Threshold;
import io.gauntlet.defenses.preprocess.BitDepth;
import io.gauntlet.defenses.preprocess.GaussianSmoothing;
import io.gauntlet.defenses.preprocess.Jpeg;
import io.gauntlet.defenses.preprocess.MedianSmoothing;
import io.gauntlet.defenses.preprocess.PreprocessedModel;
import io.gauntlet.defenses.preprocess.Preprocessing;
import io.gauntlet.defenses.preprocess.RandomResizePad;
import io.gauntlet.defenses.preprocess.TotalVariation;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.random.Seed;
import java.util.Locale;

/** What is put in front of a net, at the settings that its paper has for small grey images. */
enum InputDefense {
  BIT_DEPTH_1,
  BIT_DEPTH_3,
  MEDIAN_2,
  MEDIAN_3,
  GAUSSIAN,
  JPEG,
  MEDIAN_JPEG_BITS,
  RESIZE_PAD,
  TOTAL_VARIATION,
  FEATURE_SQUEEZING,
  MAHALANOBIS,
  INTRINSIC_DIMENSIONALITY;

  private static final double FALSE_POSITIVES = 0.05;
  private static final int REFERENCES = 1000;

  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * The net behind this.
   *
   * @param training what the net has learnt
   * @param heldOut what it has not, to calibrate with
   */
  DefendedModel of(DjlModel net, Examples training, Examples heldOut, Seed seed) {
    return switch (this) {
      case BIT_DEPTH_1 -> behind(net, seed, new BitDepth(1));
      case BIT_DEPTH_3 -> behind(net, seed, new BitDepth(3));
      case MEDIAN_2 -> behind(net, seed, new MedianSmoothing(2));
      case MEDIAN_3 -> behind(net, seed, new MedianSmoothing(3));
      case GAUSSIAN -> behind(net, seed, new GaussianSmoothing(1));
      case JPEG -> behind(net, seed, Jpeg.standard());
      case MEDIAN_JPEG_BITS ->
          behind(net, seed, new MedianSmoothing(2), Jpeg.standard(), new BitDepth(3));
      case RESIZE_PAD -> behind(net, seed, RandomResizePad.standard());
      case TOTAL_VARIATION -> behind(net, seed, TotalVariation.standard());
      case FEATURE_SQUEEZING -> calibrated(net, FeatureSqueezing.standard().on(net), heldOut);
      case MAHALANOBIS -> calibrated(net, Mahalanobis.standard().fit(net, training), heldOut);
      case INTRINSIC_DIMENSIONALITY ->
          calibrated(
              net,
              LocalIntrinsicDimensionality.standard().fit(net, training.first(REFERENCES).inputs()),
              heldOut);
    };
  }

  private static DefendedModel behind(DjlModel net, Seed seed, Preprocessing... stages) {
    return PreprocessedModel.of(net, stages).withSeed(seed);
  }

  private static DefendedModel calibrated(
      DjlModel net, EvasionDetector detector, Examples heldOut) {
    return new DetectingModel(
        net, detector, Threshold.calibrate(detector, heldOut.inputs(), FALSE_POSITIVES));
  }
}
