package io.gauntlet.defenses.evasion;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Learned detector: a second net of two classes that has seen clean inputs and adversarial ones
 * tells which an input looks like.
 *
 * <p>Follows Gong, Wang, Ku: <a href="https://arxiv.org/abs/1704.04960">Adversarial and Clean Data
 * Are Not Twins</a>, 2017, which looks at inputs; and Metzen, Genewein, Fischer, Bischoff: <a
 * href="https://arxiv.org/abs/1702.04267">On Detecting Adversarial Perturbations</a>, ICLR 2017,
 * which looks at a layer of the model. The score is the difference of the two logits. Differs from
 * them in three ways. A threshold at a stated rate of false positives decides, not the larger
 * logit. Of the layers the penultimate one is looked at, where Metzen's best lies in the middle.
 * Adversarial inputs are made once, before the training: Metzen's dynamic detector, which learns
 * from attackers who know it, has to be trained by the caller.
 *
 * <p>Attackers follow the exact gradient, and so pass it (Carlini, Wagner: <a
 * href="https://arxiv.org/abs/1705.07263">Adversarial Examples Are Not Easily Detected</a>, AISec
 * 2017). Blind to attacks that differ from those it has learnt from.
 *
 * @param fit how the net learns; its optimiser is its own
 */
public record LearnedDetector(Fit fit) {
  private static final int CLASSES = 2;

  /** Ten epochs in batches of 64. */
  public static LearnedDetector standard() {
    return new LearnedDetector(Fit.standard());
  }

  /** The same that learns otherwise. */
  public LearnedDetector withFit(Fit newFit) {
    return new LearnedDetector(newFit);
  }

  /**
   * A detector that looks at inputs.
   *
   * @param net that learns: two classes, inputs of the model's shape. The detector stands on it, so
   *     that it sees later training, and ends with it
   * @param clean inputs, at least 1
   * @param adversarial inputs that fool the model, about as many as clean ones
   * @param seed draws the order in which the net learns
   * @throws IllegalArgumentException if the net has more classes or other inputs
   */
  public EvasionDetector fit(TrainableModel net, Batch clean, Batch adversarial, Seed seed) {
    if (net.classes() != CLASSES) {
      throw new IllegalArgumentException(
          "a detector must have the classes clean and adversarial, but had " + net.classes());
    }
    requireBoth(clean, adversarial);
    Batch both = Batch.concat(List.of(clean, adversarial));
    if (both.width() != net.inputShape().size()) {
      throw new IllegalArgumentException(
          "a detector of inputs of %s values must take as many, but takes %s"
              .formatted(both.width(), net.inputShape().size()));
    }
    int[] labels = new int[both.rows()];
    Arrays.fill(labels, clean.rows(), labels.length, TwoLogits.ADVERSARIAL);
    Batch numbered = both.standingFor(LongStream.range(0, labels.length).toArray());
    fit.train(net, new Examples(net.inputShape(), numbered, Labels.of(labels)), seed);
    return new TwoLogits(this, net);
  }

  /**
   * A detector that looks at a model's penultimate layer.
   *
   * @param model whose features are looked at; they must be differentiable
   * @param net that learns: two classes, inputs of as many values as there are features
   * @throws IllegalArgumentException if the net has more classes or other inputs
   * @throws io.gauntlet.model.ModelException if the model's features cannot be differentiated
   */
  public EvasionDetector fit(
      FeatureModel model, TrainableModel net, Batch clean, Batch adversarial, Seed seed) {
    requireBoth(clean, adversarial);
    DifferentiableModel layer = Features.of(model);
    EvasionDetector ofFeatures =
        fit(net, Features.asBatch(layer, clean), Features.asBatch(layer, adversarial), seed);
    return new AtLayer(layer, ofFeatures);
  }

  private static void requireBoth(Batch clean, Batch adversarial) {
    Check.atLeast(1, clean.rows(), "number of clean inputs");
    Check.atLeast(1, adversarial.rows(), "number of adversarial inputs");
  }
}
