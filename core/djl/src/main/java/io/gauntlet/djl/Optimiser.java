package io.gauntlet.djl;

import io.gauntlet.model.Check;

/** How a training step follows its gradient. */
public sealed interface Optimiser {
  /** Size of a step, until {@link DjlModel#setLearningRate} says otherwise; positive and finite. */
  float learningRate();

  /**
   * Adam, without weight decay, {@code beta1 = 0.9}, {@code beta2 = 0.999}, {@code epsilon = 1e-8}.
   *
   * <p>Follows Kingma, Ba: <a href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic
   * Optimization</a>, ICLR 2015.
   *
   * @param learningRate size of a step; positive and finite
   */
  record Adam(float learningRate) implements Optimiser {
    /** Checks. */
    public Adam {
      Check.positive(learningRate, "learningRate");
    }

    /** A learning rate of 0.001. */
    public static Adam standard() {
      return new Adam(1e-3f);
    }
  }

  /**
   * Stochastic gradient descent with momentum: {@code v = momentum * v - learningRate * (gradient +
   * weightDecay * w)}, {@code w = w + v}.
   *
   * @param learningRate size of a step; positive and finite
   * @param momentum share of the last step that is repeated; at least 0, below 1
   * @param weightDecay pull of every parameter towards 0; finite, not negative
   */
  record Sgd(float learningRate, float momentum, float weightDecay) implements Optimiser {
    /** Checks. */
    public Sgd {
      Check.positive(learningRate, "learningRate");
      Check.nonNegative(momentum, "momentum");
      if (momentum >= 1) {
        throw new IllegalArgumentException("momentum must be below 1, but was " + momentum);
      }
      Check.nonNegative(weightDecay, "weightDecay");
    }

    /** Momentum 0.9, no weight decay. */
    public static Sgd of(float learningRate) {
      return new Sgd(learningRate, 0.9f, 0);
    }
  }
}
