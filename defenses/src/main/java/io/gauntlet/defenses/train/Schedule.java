package io.gauntlet.defenses.train;

import io.gauntlet.model.Check;
import java.util.List;

/** How the learning rate changes in the course of a training, relative to the model's own. */
public sealed interface Schedule {
  /** The model's own learning rate throughout. */
  record Constant() implements Schedule {
    @Override
    public double factor(double progress) {
      return 1;
    }
  }

  /**
   * Falls at once at some points, and stays there until the next.
   *
   * <p>As Rice, Wong, Kolter: <a href="https://arxiv.org/abs/2002.11569">Overfitting in
   * adversarially robust deep learning</a>, ICML 2020, train.
   *
   * @param milestones share of the training before each fall; ascending, between 0 and 1
   * @param factor what the learning rate is multiplied by at each; above 0, below 1
   */
  record Stepwise(List<Double> milestones, double factor) implements Schedule {
    /** Checks. */
    public Stepwise {
      milestones = List.copyOf(milestones);
      Check.atLeast(1, milestones.size(), "number of milestones");
      double last = 0;
      for (double milestone : milestones) {
        if (!(milestone > last && milestone < 1)) {
          throw new IllegalArgumentException(
              "milestones must ascend between 0 and 1, but were " + milestones);
        }
        last = milestone;
      }
      requireBetween0And1(factor, "factor");
    }

    /** A tenth from half of the training on, a hundredth from three quarters on. */
    public static Stepwise standard() {
      return new Stepwise(List.of(0.5, 0.75), 0.1);
    }

    @Override
    public double factor(double progress) {
      int passed = (int) milestones.stream().filter(milestone -> progress > milestone).count();
      return Math.pow(factor, passed);
    }
  }

  /**
   * Rises linearly from zero to the model's own learning rate, and falls linearly back to zero.
   *
   * <p>Follows Smith: <a href="https://arxiv.org/abs/1506.01186">Cyclical Learning Rates for
   * Training Neural Networks</a>, WACV 2017, in one cycle.
   *
   * @param peak share of the training that it rises for; above 0, below 1
   */
  record Cyclic(double peak) implements Schedule {
    /** Checks. */
    public Cyclic {
      requireBetween0And1(peak, "peak");
    }

    /** Rises for two fifths of the training, as fast adversarial training does on CIFAR-10. */
    public static Cyclic standard() {
      return new Cyclic(0.4);
    }

    @Override
    public double factor(double progress) {
      return Math.min(progress / peak, (1 - progress) / (1 - peak));
    }
  }

  /**
   * Falls from the model's own learning rate to zero along half a cosine.
   *
   * <p>Follows Loshchilov, Hutter: <a href="https://arxiv.org/abs/1608.03983">SGDR</a>, ICLR 2017,
   * without restarts.
   */
  record Cosine() implements Schedule {
    @Override
    public double factor(double progress) {
      return (1 + Math.cos(Math.PI * progress)) / 2;
    }
  }

  /**
   * What the model's own learning rate is multiplied by.
   *
   * @param progress share of the training that will be over after the step, above 0, at most 1
   * @return from 0 to 1
   */
  double factor(double progress);

  private static void requireBetween0And1(double value, String name) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1, but was " + value);
    }
  }
}
