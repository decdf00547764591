package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.stream.IntStream;

/**
 * Fast adversarial training: one long step from a random start in place of many short ones, at two
 * passes a batch.
 *
 * <p>Follows Wong, Rice, Kolter: <a href="https://arxiv.org/abs/2001.03994">Fast is better than
 * free</a>, ICLR 2020. As in the authors' code for MNIST the random start may leave the domain, and
 * only what is trained on is put back into it: where features lie on the border, as most pixels of
 * MNIST do, a start inside the domain would leave nothing but corners of the ball to train on.
 *
 * <p>It may collapse from one epoch to the next: the model learns to fool the one step and falls to
 * any other attack, while the training loss looks better than ever. A {@link Guard} watches for
 * that; train without one at your own risk. Or it stays weak without a collapse, as it does on
 * MNIST at 0.3: two steps of half a radius ({@link AdversarialTraining} against {@code new
 * ProjectedAscent(2, 0.5f)}) cost half as much again and do not.
 *
 * @param stepSize length of the step in radii; finite, positive
 */
public record FastTraining(float stepSize) implements Recipe<TrainableModel> {
  /** Checks the step. */
  public FastTraining {
    Check.positive(stepSize, "stepSize");
  }

  /** A step of 1.25 radii. */
  public static FastTraining standard() {
    return new FastTraining(1.25f);
  }

  /** The same with a step of another length. */
  public FastTraining withStepSize(float newStepSize) {
    return new FastTraining(newStepSize);
  }

  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    return AdversarialTraining.against(new LongStep(stepSize)).step(model, allowed, labels, seed);
  }

  private record LongStep(float length) implements Attack<DifferentiableModel> {
    @Override
    public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
      Neighbourhood ball = wholeBall(allowed, model.domain());
      Batch start = ball.sample(seed);
      Batch slope = model.gradient(start, goal.loss(Objective.CROSS_ENTROPY)).byInput();
      return allowed.project(ball.ascended(start, slope, length * allowed.radius()));
    }

    /** The neighbourhood with what lies beyond the domain; under L0 that would have no end. */
    private static Neighbourhood wholeBall(Neighbourhood allowed, Domain domain) {
      if (allowed.norm() == Norm.l0()) {
        return allowed;
      }
      float reach = 2 * allowed.radius();
      Domain wide =
          Domain.perFeature(
              IntStream.range(0, allowed.clean().width())
                  .mapToObj(j -> new Range(domain.lower(j) - reach, domain.upper(j) + reach))
                  .toList());
      return new ThreatModel(allowed.norm(), allowed.radius()).around(allowed.clean(), wide);
    }
  }
}
