package io.gauntlet.defenses.train;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Model;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Plain training on inputs with normal noise, which makes a base classifier worth smoothing.
 *
 * <p>Follows Cohen, Rosenfeld, Kolter: <a href="https://arxiv.org/abs/1902.02918">Certified
 * Adversarial Robustness via Randomized Smoothing</a>, ICML 2019, section 3.3: every feature of
 * every example gets fresh noise in every epoch, and the sum is not clipped to the model's domain,
 * since the smoothed classifier will not clip it either. The optimiser and its schedule are the
 * model's own, where the paper has SGD.
 *
 * @param sigma standard deviation of the noise, in input units; finite, positive; the one that the
 *     model will be smoothed with, or a larger one
 * @param fit epochs and batch
 */
public record GaussianAugmentation(float sigma, Fit fit) {
  /** Checks the deviation. */
  public GaussianAugmentation {
    Check.positive(sigma, "sigma");
  }

  /** The epochs and batch of {@link Fit#standard}. */
  public static GaussianAugmentation standard(float sigma) {
    return new GaussianAugmentation(sigma, Fit.standard());
  }

  /** Same noise with other epochs or another batch. */
  public GaussianAugmentation withFit(Fit newFit) {
    return new GaussianAugmentation(sigma, newFit);
  }

  /**
   * Trains on the cross-entropy of the examples' labels.
   *
   * @param seed draws order and noise
   * @return the epochs, first to last
   * @throws IllegalArgumentException if there are no examples, one leaves the model's domain, or a
   *     label is not one of the model's classes
   */
  public List<Fit.Epoch> train(TrainableModel model, Examples examples, Seed seed) {
    return train(model, examples, seed, epoch -> {});
  }

  /** As above, telling {@code progress} of every epoch that is over. */
  public List<Fit.Epoch> train(
      TrainableModel model, Examples examples, Seed seed, Consumer<Fit.Epoch> progress) {
    LogitLoss loss = new CrossEntropy(examples.labels().check(model.classes()));
    Batch inputs = model.domain().check(examples.inputs());
    Fit once = fit.withEpochs(1);
    List<Fit.Epoch> history = new ArrayList<>();
    for (int number = 1; number <= fit.epochs(); number++) {
      Seed ofEpoch = seed.derive(number);
      TrainableModel noisy = new Noisy(model, sigma, ofEpoch.derive(0));
      double mean = once.train(noisy, inputs, loss, ofEpoch.derive(1), done -> {}).get(0).loss();
      Fit.Epoch epoch = new Fit.Epoch(number, fit.epochs(), mean);
      history.add(epoch);
      progress.accept(epoch);
    }
    return List.copyOf(history);
  }

  /** A model that learns from noisy inputs, the noise of an example being the same in one epoch. */
  private record Noisy(TrainableModel model, float sigma, Seed seed)
      implements TrainableModel, FrontModel {
    @Override
    public double train(Batch inputs, LogitLoss loss) {
      Batch noisy =
          inputs.editRows(
              (row, x) -> {
                RandomGenerator random = seed.forExample(inputs.example(row));
                for (int j = 0; j < x.length; j++) {
                  x[j] += (float) (sigma * random.nextGaussian());
                }
              });
      return model.train(noisy, loss);
    }

    @Override
    public Batch logits(Batch inputs) {
      return model.logits(inputs);
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      return model.forward(inputs);
    }

    @Override
    public Model behind() {
      return model;
    }
  }
}
