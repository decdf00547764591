package io.gauntlet.benchmarks;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.evasion.DetectingModel;
import io.gauntlet.defenses.evasion.EvasionDetector;
import io.gauntlet.defenses.evasion.FeatureSqueezing;
import io.gauntlet.defenses.evasion.LearnedDetector;
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
import io.gauntlet.model.Batch;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
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
  INTRINSIC_DIMENSIONALITY,
  LEARNED_DETECTOR;

  private static final double FALSE_POSITIVES = 0.05;
  private static final int REFERENCES = 1000;
  private static final int LESSONS = 2000;
  private static final int DETECTOR_EPOCHS = 5;

  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * The net behind this.
   *
   * @param training what the net has learnt
   * @param heldOut what it has not, to calibrate with
   * @param threat what a detector that learns sees attacks of
   */
  DefendedModel of(
      DjlModel net, Examples training, Examples heldOut, ThreatModel threat, Seed seed) {
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
      case LEARNED_DETECTOR -> calibrated(net, learned(net, training, threat, seed), heldOut);
    };
  }

  /** A net like the one behind it that has learnt FGSM; it lives as long as the program. */
  private static EvasionDetector learned(
      DjlModel net, Examples training, ThreatModel threat, Seed seed) {
    Examples clean = training.first(LESSONS);
    Batch attacked =
        Fgsm.standard()
            .perturb(
                net,
                threat.around(clean.inputs(), net.domain()),
                new Goal.Untargeted(clean.labels()),
                seed);
    Fit fit = Fit.standard().withEpochs(DETECTOR_EPOCHS);
    DjlModel detector = new SmallCnn(clean.shape(), fit).withClasses(2).untrained(seed);
    return new LearnedDetector(fit).fit(detector, clean.inputs(), attacked, seed);
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
