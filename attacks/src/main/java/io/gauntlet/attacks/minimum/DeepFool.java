package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;

/**
 * DeepFool: takes the model for linear, steps just over the nearest boundary between two classes,
 * and does so again until the answer changes.
 *
 * <p>Follows Moosavi-Dezfooli, Fawzi, Frossard: <a
 * href="https://arxiv.org/abs/1511.04599">DeepFool: a simple and accurate method to fool deep
 * neural networks</a>, CVPR 2016. Differs from it in five ways. Steps end at the domain, and after
 * ten of them features that it keeps from moving do not count any more, or iterates could creep
 * along its border for ever. No step is shorter than a ten-thousandth of the first. Every step
 * overshoots, not only their sum. Only the likeliest classes are candidates. Towards a target, the
 * boundary is the one between the target and the best other class.
 *
 * <p>Stops at the first success: cheap, but seldom the closest there is.
 *
 * @param steps most steps; at least 1; one more forward pass looks at the last point
 * @param candidates classes between which boundaries are looked for, the label among them; each but
 *     the label costs a backward pass per step; at least 2
 * @param overshoot how far beyond the boundary a step goes, as a share of its length; finite, not
 *     negative
 */
public record DeepFool(int steps, int candidates, float overshoot)
    implements Attack<DifferentiableModel> {
  private static final int PATIENCE = 10;
  private static final double SHORTEST = 1e-4; // of an example's first step

  /** Checks the hyperparameters. */
  public DeepFool {
    Check.atLeast(1, steps, "steps");
    Check.atLeast(2, candidates, "candidates");
    Check.nonNegative(overshoot, "overshoot");
  }

  /** Fifty steps, ten classes, overshoot 0.02. */
  public static DeepFool standard() {
    return new DeepFool(50, 10, 0.02f);
  }

  /** Same attack with another number of steps. */
  public DeepFool withSteps(int newSteps) {
    return new DeepFool(newSteps, candidates, overshoot);
  }

  /** Same attack on more or fewer classes. */
  public DeepFool withCandidates(int newCandidates) {
    return new DeepFool(steps, newCandidates, overshoot);
  }

  /** Same attack that goes further, or less far, beyond the boundary. */
  public DeepFool withOvershoot(float newOvershoot) {
    return new DeepFool(steps, candidates, newOvershoot);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    boolean targeted = goal instanceof Goal.Targeted;
    int boundaries = targeted ? 1 : Math.min(candidates, model.classes()) - 1;
    Closest closest = new Closest(allowed, goal);
    double[] atFirst = new double[allowed.clean().rows()];
    Batch x = allowed.clean();
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      try (ForwardPass pass = model.forward(x)) {
        Batch logits = x.answeredBy(pass.logits());
        boolean[] reached = closest.offer(x, logits);
        NearestBoundary nearest = new NearestBoundary(x, allowed, step >= PATIENCE);
        for (int rank = 0; rank < boundaries; rank++) {
          ClassPairs pairs = ClassPairs.of(logits, goal, rank);
          nearest.offer(pairs.gaps(), x.answeredBy(pass.backward(pairs.byLogit())));
        }
        Batch beyond = x.plus(nearest.step(lengths(x, nearest, atFirst, allowed.clean())));
        x = allowed.project(beyond).select(nearest.ahead(reached));
      }
    }
    if (x.rows() > 0) {
      closest.offer(x, model.logits(x));
    }
    return closest.batch();
  }

  /** A little further than to the boundary, and never so little that no step would cross it. */
  private double[] lengths(Batch x, NearestBoundary nearest, double[] atFirst, Batch clean) {
    double[] lengths = new double[x.rows()];
    for (int i = 0; i < lengths.length; i++) {
      int row = clean.rowOf(x.example(i));
      double distance = nearest.distance(i);
      if (distance < Double.POSITIVE_INFINITY) {
        atFirst[row] = atFirst[row] == 0 ? distance : atFirst[row];
        lengths[i] = (1 + overshoot) * Math.max(distance, SHORTEST * atFirst[row]);
      }
    }
    return lengths;
  }
}
