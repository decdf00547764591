package io.gauntlet.attacks.universal;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Crafts one perturbation that fools a model on most inputs, seen or not.
 *
 * <pre>{@code
 * UniversalPattern pattern =
 *     UniversalPerturbation.standard().craft(model, threat, training, Seed.of(1));
 * RobustnessReport report =
 *     Robustness.of(model).under(threat).attackedBy(pattern).evaluate(unseen);
 * }</pre>
 *
 * <p>The goal is that of Moosavi-Dezfooli, Fawzi, Fawzi, Frossard: <a
 * href="https://arxiv.org/abs/1610.08401">Universal Adversarial Perturbations</a>, CVPR 2017. The
 * way is the stronger and cheaper one of Shafahi, Najibi, Xu, Dickerson, Davis, Goldstein: <a
 * href="https://arxiv.org/abs/1811.11304">Universal Adversarial Training</a>, AAAI 2020: stochastic
 * steepest ascent on a loss that is cut off where an example is fooled for good, so that few
 * examples cannot take all of the budget. Differs from it in two ways: the steps shrink linearly to
 * zero, and inputs are held in the domain while the pattern is learned, as they will be when it is
 * used.
 *
 * <p>The size of the pattern is that of the threat model, in the model's own input units. Crafting
 * is not part of an evaluation: its passes are in no report and under no query budget.
 *
 * @param epochs passes over the training examples; at least 1
 * @param batch examples in one step; at least 1
 * @param travel length of the whole path in radii, however many steps it takes; finite, positive
 * @param cap cross-entropy in nats above which an example counts no more, which it does only
 *     without a target; finite, positive
 * @param target class that all inputs are to be taken for; empty for any wrong one
 */
public record UniversalPerturbation(
    int epochs, int batch, float travel, float cap, OptionalInt target) {
  /** Checks the hyperparameters. */
  public UniversalPerturbation {
    Check.atLeast(1, epochs, "epochs");
    Check.atLeast(1, batch, "batch");
    Check.positive(travel, "travel");
    Check.positive(cap, "cap");
    if (target.isPresent()) {
      Check.atLeast(0, target.getAsInt(), "target");
    }
  }

  /**
   * Twenty epochs of 64 examples a step. The cap of 3 is for about ten classes; the paper's 9 is
   * for a thousand.
   */
  public static UniversalPerturbation standard() {
    return new UniversalPerturbation(20, 64, 10, 3, OptionalInt.empty());
  }

  /** The same with another number of passes over the examples. */
  public UniversalPerturbation withEpochs(int newEpochs) {
    return new UniversalPerturbation(newEpochs, batch, travel, cap, target);
  }

  /** The same with another number of examples in one step. */
  public UniversalPerturbation withBatch(int newBatch) {
    return new UniversalPerturbation(epochs, newBatch, travel, cap, target);
  }

  /** The same with a longer or shorter path. */
  public UniversalPerturbation withTravel(float newTravel) {
    return new UniversalPerturbation(epochs, batch, newTravel, cap, target);
  }

  /** The same with the loss cut at another value. */
  public UniversalPerturbation withCap(float newCap) {
    return new UniversalPerturbation(epochs, batch, travel, newCap, target);
  }

  /** The same towards one class. */
  public UniversalPerturbation towards(int newTarget) {
    return new UniversalPerturbation(epochs, batch, travel, cap, OptionalInt.of(newTarget));
  }

  /**
   * Learns the pattern.
   *
   * @param threat bounded; its norm and epsilon hold the pattern
   * @param training examples of the data the pattern is for, not those it will be judged by; those
   *     that are of the target class already count as fooled
   * @throws IllegalArgumentException if the threat is not bounded, there is no example, or examples
   *     or target do not fit the model
   */
  public UniversalPattern craft(
      DifferentiableModel model, ThreatModel threat, Examples training, Seed seed) {
    if (!threat.isBounded()) {
      throw new IllegalArgumentException(
          "a universal perturbation needs a bounded threat model, but it was " + threat);
    }
    TrainingSet set = TrainingSet.of(model, training, target);
    LogitLoss loss = set.loss(cap);
    Neighbourhood ball = aroundNothing(threat, model.domain(), training.inputs().width());
    Batch pattern = ball.clean();
    for (int epoch = 0; epoch < epochs; epoch++) {
      List<Batch> parts = set.shuffled(batch, seed.derive(epoch));
      for (int part = 0; part < parts.size(); part++) {
        Batch ascent = ascent(model, parts.get(part), pattern, loss);
        float done = (epoch + (part + 0.5f) / parts.size()) / epochs;
        float length = 2 * travel / ((float) epochs * parts.size()) * (1 - done) * ball.radius();
        pattern = ball.project(pattern.plus(ball.steepest(pattern, ascent, length)));
      }
    }
    return new UniversalPattern(pattern, "%s under %s".formatted(this, threat));
  }

  /** The patterns the threat allows: none is larger than the domain is wide. */
  private static Neighbourhood aroundNothing(ThreatModel threat, Domain domain, int features) {
    List<Range> widths = new ArrayList<>();
    for (int j = 0; j < features; j++) {
      float width = domain.upper(j) - domain.lower(j);
      widths.add(new Range(-width, width));
    }
    return threat.around(Batch.of(new float[features]), Domain.perFeature(widths));
  }

  /** Derivative by the pattern of the loss of all inputs together. */
  private static Batch ascent(
      DifferentiableModel model, Batch inputs, Batch pattern, LogitLoss loss) {
    Domain domain = model.domain();
    float[] added = pattern.row(0);
    Batch x =
        inputs.editRows(
            (i, row) -> {
              for (int j = 0; j < row.length; j++) {
                row[j] = domain.clip(j, row[j] + added[j]);
              }
            });
    Batch byInput = model.gradient(x, loss).byInput();
    float[] sum = new float[added.length];
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < sum.length; j++) {
        float slope = byInput.get(i, j);
        boolean stuck = slope > 0 ? x.get(i, j) >= domain.upper(j) : x.get(i, j) <= domain.lower(j);
        sum[j] += stuck ? 0 : slope;
      }
    }
    return pattern.withValues(sum.length, sum);
  }
}
