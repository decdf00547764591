package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.Descent.Found;
import io.gauntlet.attacks.poisoning.Descent.Slope;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.List;

/**
 * Changes rightly labelled examples of the intended class such that learning them moves the
 * parameters as learning the target under the intended label would: a victim trained from scratch
 * takes the target for that class.
 *
 * <p>Follows Geiping, Fowl, Huang, Czaja, Taylor, Moeller, Goldstein: <a
 * href="https://arxiv.org/abs/2009.02276">Witches' Brew: Industrial Scale Data Poisoning via
 * Gradient Matching</a>, ICLR 2021: one minus the cosine between the two gradients, eight restarts
 * of 250 steps, the best kept. Differs from the authors' <a
 * href="https://github.com/JonasGeiping/poisoning-gradient-matching">code</a> in four ways. The
 * derivative of the cosine by the poison, which runs through the gradient by the parameters, is a
 * central difference between the input gradients at parameters moved either way: exact where the
 * network is smooth, for any backend. Steps are steepest descent that shrinks linearly instead of
 * signed Adam with three drops. A run starts anywhere in the ball alike instead of at a Gaussian
 * cut off at its edge, and ends with its best poison instead of its last. There is no data
 * augmentation: victims are taken to train without, too.
 *
 * <p>The paper's networks see inputs of mean 0 and deviation 1. Where they see pixels from 0 to 1
 * as they are, the cosine comes out as high, but fewer victims fall.
 *
 * @param threat how far a poison may lie from its base; with a bound
 * @param descent how to get there
 * @param restarts independent runs from random starts; at least 1
 * @param bases which examples become poisons; the paper draws them
 */
public record GradientMatching(ThreatModel threat, Descent descent, int restarts, Bases bases)
    implements Poisoning {
  private static final float MOVE = 1e-2f; // of the parameters' own length

  /** Checks the hyperparameters. */
  public GradientMatching {
    Descent.requireBounded(threat);
    Check.atLeast(1, restarts, "restarts");
  }

  /** Changes of up to 16/255 (Linf); 8 restarts of 250 steps; random bases. */
  public static GradientMatching standard() {
    return new GradientMatching(ThreatModel.linf(16 / 255f), new Descent(250, 20), 8, Bases.RANDOM);
  }

  /** The same in another ball. */
  public GradientMatching withThreat(ThreatModel newThreat) {
    return new GradientMatching(newThreat, descent, restarts, bases);
  }

  /** The same with another descent. */
  public GradientMatching withDescent(Descent newDescent) {
    return new GradientMatching(threat, newDescent, restarts, bases);
  }

  /** The same with another number of restarts. */
  public GradientMatching withRestarts(int newRestarts) {
    return new GradientMatching(threat, descent, newRestarts, bases);
  }

  /** The same from other bases. */
  public GradientMatching withBases(Bases newBases) {
    return new GradientMatching(threat, descent, restarts, newBases);
  }

  /**
   * Puts poisons in the place of examples of the intended class; their labels stay.
   *
   * @param surrogates trained on {@code training}, of the victim's architecture as far as the
   *     attacker knows it, each from a start of its own; at least 1, and the more the likelier a
   *     victim with yet another start is hit; their parameters are moved meanwhile and put back
   * @param count poisons; at least 1, at most as many as the intended class has examples; the paper
   *     uses 1 % of the training set
   * @throws IllegalArgumentException if the target or {@code count} does not fit the examples
   */
  public Poisoned<Examples> poison(
      List<? extends ParametricModel> surrogates,
      Examples training,
      Target target,
      int count,
      Seed seed) {
    Check.atLeast(1, surrogates.size(), "number of surrogates");
    int[] rows = bases.rows(training, target, count, seed.derive(-1));
    Batch bases = training.inputs().select(rows);
    Neighbourhood ball = threat.around(bases, surrogates.get(0).domain());
    List<Match> matches =
        surrogates.stream().map(net -> Match.of(net, training.labels(), target)).toList();
    Found best = new Found(bases, Double.POSITIVE_INFINITY);
    for (int run = 0; run < restarts; run++) {
      Batch start = ball.sample(seed.derive(run));
      Found found = descent.from(start, ball, poison -> Slope.mean(matches, m -> m.at(poison)));
      best = found.value() < best.value() ? found : best;
    }
    return Planting.moved(training, rows, best.inputs(), this, seed);
  }

  /**
   * The cosine between the gradient that these examples give under their labels and the one that
   * the target gives under the intended label, on average over the networks: what this attack makes
   * large. On networks that it did not see, how well the match carries over.
   *
   * @param poisons at least 1
   * @return from -1 to 1
   */
  public static double cosine(
      List<? extends ParametricModel> networks, Examples poisons, Target target) {
    Check.atLeast(1, networks.size(), "number of networks");
    Check.atLeast(1, poisons.count(), "number of poisons");
    return networks.stream()
        .map(net -> Match.of(net, poisons.labels(), target))
        .mapToDouble(match -> match.cosine(match.given(poisons.inputs())))
        .average()
        .orElseThrow();
  }

  /**
   * How well a poison's gradient matches.
   *
   * @param poisonLoss of the poison under its own labels
   * @param wanted derivative by the parameters of the target's loss under the intended label
   */
  record Match(ParametricModel surrogate, LogitLoss poisonLoss, Batch parameters, Batch wanted) {
    static Match of(ParametricModel surrogate, Labels labels, Target target) {
      LogitLoss intended = new CrossEntropy(Labels.of(target.input(), target.intended()));
      return new Match(
          surrogate,
          new CrossEntropy(labels),
          surrogate.parameters(),
          surrogate.parameterGradient(target.input(), intended));
    }

    /** One minus the cosine, and its derivative by the poison. */
    Slope at(Batch poison) {
      Batch given = given(poison);
      double length = length(given);
      double cosine = cosine(given);
      // d(1 - cosine)/d(given)
      Batch byGiven =
          given
              .times((float) (cosine / (length * length)))
              .minus(wanted.times((float) (1 / (length * length(wanted)))));
      return new Slope(1 - cosine, byInput(poison, byGiven));
    }

    Batch given(Batch poison) {
      return surrogate.parameterGradient(poison, poisonLoss);
    }

    double cosine(Batch given) {
      return dot(given, wanted) / (length(given) * length(wanted));
    }

    /** The mixed second derivative along one direction of the parameters. */
    private Batch byInput(Batch poison, Batch direction) {
      float step = (float) (MOVE * length(parameters) / length(direction));
      try {
        surrogate.setParameters(parameters.plus(direction.times(step)));
        Batch ahead = surrogate.gradient(poison, poisonLoss).byInput();
        surrogate.setParameters(parameters.minus(direction.times(step)));
        Batch behind = surrogate.gradient(poison, poisonLoss).byInput();
        return ahead.minus(behind).times(1 / (2 * step * poison.rows()));
      } finally {
        surrogate.setParameters(parameters);
      }
    }

    private static double length(Batch row) {
      return Math.sqrt(dot(row, row));
    }

    private static double dot(Batch one, Batch other) {
      double sum = 0;
      for (int j = 0; j < one.width(); j++) {
        sum += (double) one.get(0, j) * other.get(0, j);
      }
      return sum;
    }
  }
}
