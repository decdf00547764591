package io.gauntlet.defenses.evasion;

import io.gauntlet.defenses.preprocess.BitDepth;
import io.gauntlet.defenses.preprocess.MedianSmoothing;
import io.gauntlet.defenses.preprocess.Preprocessing;
import io.gauntlet.defenses.preprocess.Preprocessor;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import java.util.List;

/**
 * Feature squeezing: an input whose answer changes when it is made coarser is suspicious.
 *
 * <p>Follows Xu, Evans, Qi: <a href="https://arxiv.org/abs/1704.01155">Feature Squeezing: Detecting
 * Adversarial Examples in Deep Neural Networks</a>, NDSS 2018: the largest L1 distance between the
 * softmax of the input and that of any of its squeezed versions; from 0 to 2.
 *
 * <p>Attackers differentiate model and squeezers, each by its own {@link Preprocessing#pullBack}
 * (He, Wei, Chen, Carlini, Song: <a href="https://arxiv.org/abs/1706.04701">Adversarial Example
 * Defenses: Ensembles of Weak Defenses are not Strong</a>, WOOT 2017, broke it so). Blind to inputs
 * that are as wrong when squeezed.
 *
 * @param squeezers at least one, none of them random
 */
public record FeatureSqueezing(List<Preprocessing> squeezers) {
  /** Copies and checks. */
  public FeatureSqueezing {
    squeezers = List.copyOf(squeezers);
    Check.atLeast(1, squeezers.size(), "number of squeezers");
    for (Preprocessing squeezer : squeezers) {
      if (squeezer.isRandom()) {
        throw new IllegalArgumentException(
            "squeezers must not be random, so that scores repeat, but one was " + squeezer);
      }
    }
  }

  /** The paper's choice for MNIST: one bit, and the median of 2x2 pixels. */
  public static FeatureSqueezing standard() {
    return new FeatureSqueezing(List.of(new BitDepth(1), new MedianSmoothing(2)));
  }

  /**
   * A detector in front of this model; nothing is learnt.
   *
   * @throws IllegalArgumentException if a squeezer is made for images and the model's inputs are
   *     none
   */
  public EvasionDetector on(DifferentiableModel model) {
    return new Squeezed(
        model,
        squeezers.stream().map(squeezer -> Preprocessor.of(model, List.of(squeezer))).toList());
  }
}
