package io.gauntlet.attacks.poisoning;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;

/**
 * Moves rightly labelled examples of the intended class onto the target in the space of features,
 * so that a classifier which learns them on top of these features takes the target for one of them.
 *
 * <p>Follows Shafahi, Huang, Najibi, Suciu, Studer, Dumitras, Goldstein: <a
 * href="https://arxiv.org/abs/1804.00792">Poison Frogs! Targeted Clean-Label Poisoning Attacks on
 * Neural Networks</a>, NeurIPS 2018: forward-backward splitting on {@code |f(x) - f(t)|^2 + beta |x
 * - b|^2}, where {@code beta} is {@code similarity} times the square of features per input value.
 * Differs from it in two ways. The step is halved where the objective would rise and grows by a
 * tenth where it falls, for each poison by itself, and its backward half is the one of this very
 * objective, without which the two would settle elsewhere. The watermark is left out: poisons are
 * as close to their bases as {@code similarity} keeps them.
 *
 * <p>Meant for transfer learning, where the features stay as they are while the last layer is
 * trained: one poison may do. Against training from scratch use {@link GradientMatching}.
 *
 * @param similarity weight of staying near the base; finite, positive
 * @param rate first length of a step down the features' distance; finite, positive
 * @param steps at least 1
 */
public record FeatureCollision(float similarity, float rate, int steps) implements Poisoning {
  /** Checks the hyperparameters. */
  public FeatureCollision {
    Check.positive(similarity, "similarity");
    Check.positive(rate, "rate");
    Check.atLeast(1, steps, "steps");
  }

  /** The paper's similarity of 0.25; 120 steps. */
  public static FeatureCollision standard() {
    return new FeatureCollision(0.25f, 0.01f, 120);
  }

  /** The same, nearer to the bases or farther. */
  public FeatureCollision withSimilarity(float newSimilarity) {
    return new FeatureCollision(newSimilarity, rate, steps);
  }

  /** The same with another first step. */
  public FeatureCollision withRate(float newRate) {
    return new FeatureCollision(similarity, newRate, steps);
  }

  /** The same with another number of steps. */
  public FeatureCollision withSteps(int newSteps) {
    return new FeatureCollision(similarity, rate, newSteps);
  }

  /**
   * Puts poisons in the place of random examples of the intended class; their labels stay.
   *
   * @param features what the victim's last layer will be trained on, such as {@link
   *     io.gauntlet.model.FeatureModel#features}
   * @param count poisons; at least 1, at most as many as the intended class has examples
   * @throws IllegalArgumentException if the target or {@code count} does not fit the examples
   */
  public Poisoned<Examples> poison(
      DifferentiableModel features, Examples training, Target target, int count, Seed seed) {
    int[] rows = Planting.some(training, target.intended(), count, seed);
    Batch bases = training.inputs().select(rows);
    Batch poisons = collide(features, bases, target.input());
    return Planting.moved(training, rows, poisons, this, seed);
  }

  /**
   * Poisons that look like {@code bases} and have the features of {@code target}.
   *
   * @param bases shape (rows, features), inside the domain
   * @param target shape (1, features)
   */
  public Batch collide(DifferentiableModel features, Batch bases, Batch target) {
    features.domain().check(bases);
    Batch goal = features.logits(target);
    return bases.editRows(
        (i, base) ->
            System.arraycopy(collided(features, bases.select(i), goal), 0, base, 0, base.length));
  }

  private float[] collided(DifferentiableModel features, Batch base, Batch goal) {
    float beta = similarity * (float) Math.pow((double) goal.width() / base.width(), 2);
    Gap gap = new Gap(goal);
    Batch x = base;
    Gradient here = features.gradient(x, gap);
    float length = rate;
    for (int step = 0; step < steps; step++) {
      Batch tried = split(features.domain(), x, here.byInput(), base, length, beta);
      Gradient there = features.gradient(tried, gap);
      if (objective(there, tried, base, beta) < objective(here, x, base, beta)) {
        x = tried;
        here = there;
        length *= 1.1f;
      } else {
        length *= 0.5f;
      }
    }
    return x.row(0);
  }

  /** Forwards down the distance of the features, backwards to the base. */
  private static Batch split(
      Domain domain, Batch x, Batch byInput, Batch base, float length, float beta) {
    float pull = 2 * length * beta;
    return x.editRows(
        (i, row) -> {
          for (int j = 0; j < row.length; j++) {
            float forward = row[j] - length * byInput.get(i, j);
            row[j] = domain.clip(j, (forward + pull * base.get(i, j)) / (1 + pull));
          }
        });
  }

  private static double objective(Gradient at, Batch x, Batch base, float beta) {
    double apart = 0;
    for (int j = 0; j < x.width(); j++) {
      double change = x.get(0, j) - base.get(0, j);
      apart += change * change;
    }
    return at.losses().get(0, 0) + beta * apart;
  }
}
