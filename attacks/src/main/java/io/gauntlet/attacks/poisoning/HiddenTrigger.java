package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.Descent.Slope;
import io.gauntlet.attacks.poisoning.trigger.Trigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;

/**
 * A backdoor whose training data shows neither trigger nor wrong label: examples of the target
 * class are moved, in the space of features, onto examples of the source class that wear the
 * trigger.
 *
 * <p>Follows Saha, Subramanya, Pirsiavash: <a href="https://arxiv.org/abs/1910.00033">Hidden
 * Trigger Backdoor Attacks</a>, AAAI 2020: every poison is paired with one triggered example, the
 * closest pairs first and anew at each step. Differs from it in the descent, which is steepest
 * descent with shrinking steps, and in triggering one fixed draw of source examples.
 *
 * <p>Meant for transfer learning, where the features stay as they are while the last layer is
 * trained.
 *
 * @param source class whose examples, triggered, are to be taken for {@code target}
 * @param target class of the poisons
 * @param threat how far a poison may lie from its base; with a bound
 * @param descent how to get there
 */
public record HiddenTrigger(int source, int target, ThreatModel threat, Descent descent)
    implements Poisoning {
  /** Checks the hyperparameters. */
  public HiddenTrigger {
    Check.atLeast(0, source, "source class");
    Check.atLeast(0, target, "target class");
    if (source == target) {
      throw new IllegalArgumentException(
          "source and target class must differ, but were both " + source);
    }
    Descent.requireBounded(threat);
  }

  /** Changes of up to 16/255 (Linf), as in the paper, in 400 steps. */
  public static HiddenTrigger standard(int source, int target) {
    return new HiddenTrigger(source, target, ThreatModel.linf(16 / 255f), new Descent(400, 20));
  }

  /** The same in another ball. */
  public HiddenTrigger withThreat(ThreatModel newThreat) {
    return new HiddenTrigger(source, target, newThreat, descent);
  }

  /** The same with another descent. */
  public HiddenTrigger withDescent(Descent newDescent) {
    return new HiddenTrigger(source, target, threat, newDescent);
  }

  /**
   * Puts poisons in the place of random examples of the target class; their labels stay.
   *
   * @param features what the victim's last layer will be trained on, such as {@link
   *     io.gauntlet.model.FeatureModel#features}
   * @param count poisons; at least 1, at most as many as either class has examples
   * @throws IllegalArgumentException if classes or {@code count} do not fit the examples
   */
  public Poisoned<Examples> poison(
      DifferentiableModel features, Examples training, Trigger trigger, int count, Seed seed) {
    int[] rows = Planting.some(training, target, count, seed.derive(0));
    int[] sources = Planting.some(training, source, count, seed.derive(1));
    Batch bases = training.inputs().select(rows);
    Batch triggered =
        trigger.on(training.inputs().select(sources), training.shape(), features.domain());
    Batch goals = features.logits(triggered);
    Neighbourhood ball = threat.around(bases, features.domain());
    Batch poisons = descent.from(bases, ball, poison -> gap(features, poison, goals)).inputs();
    return Planting.moved(training, rows, poisons, this, seed);
  }

  private static Slope gap(DifferentiableModel features, Batch poison, Batch goals) {
    try (ForwardPass pass = features.forward(poison)) {
      Gap gap = new Gap(goals.select(Pairs.closestFirst(pass.logits(), goals)));
      Batch squares = gap.values(pass.logits());
      double sum = 0;
      for (int i = 0; i < squares.rows(); i++) {
        sum += squares.get(i, 0);
      }
      return new Slope(sum, pass.backward(gap.gradient(pass.logits())));
    }
  }
}
