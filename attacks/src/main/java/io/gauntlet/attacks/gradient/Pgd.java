package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.List;

/**
 * Projected gradient ascent.
 *
 * <p>Follows Madry, Makelov, Schmidt, Tsipras, Vladu: <a
 * href="https://arxiv.org/abs/1706.06083">Towards Deep Learning Models Resistant to Adversarial
 * Attacks</a>, ICLR 2018. Differs from it in five ways. Runs take turns at more than one loss. The
 * steps shrink linearly to zero: the first cross the ball, the last settle. Of all iterates the one
 * with the widest margin is returned, not the last. An example that is fooled is not attacked
 * further unless {@code effort} says so. Under L2 and L1 the projection is onto ball and domain at
 * once (Croce, Hein: <a href="https://arxiv.org/abs/2103.01208">Mind the box</a>, ICML 2021).
 *
 * <p>Under L0 it is a heuristic: the projection keeps the largest changes, not the most useful
 * ones, so that {@link Fgsm} beside it is worth its one pass.
 *
 * @param steps gradient steps per run; at least 1
 * @param travel length of the whole path in radii: the mean step is {@code travel / steps} of the
 *     radius, the first twice that; finite, positive
 * @param restarts independent runs; at least 1; all but the first start at random
 * @param start where the first run begins
 * @param objectives losses to climb, in turn: one for each run; at least 1
 * @param effort when to stop
 * @param draws how often the model is asked for each gradient, to average over a randomised one; at
 *     least 1
 */
public record Pgd(
    int steps,
    float travel,
    int restarts,
    Start start,
    List<Objective> objectives,
    Effort effort,
    int draws)
    implements Attack<DifferentiableModel> {

  /** Checks the hyperparameters. */
  public Pgd {
    Check.atLeast(1, steps, "steps");
    Check.positive(travel, "travel");
    Check.atLeast(1, restarts, "restarts");
    objectives = List.copyOf(objectives);
    Check.atLeast(1, objectives.size(), "number of objectives");
    Check.atLeast(1, draws, "draws");
  }

  /**
   * Two runs of forty steps from random starts, the first up the cross-entropy, which is the better
   * guide on undefended networks, the second up the margin, which does not saturate. The path is
   * eight radii long: under L2 a run that starts on the far side of the ball has to come round.
   */
  public static Pgd standard() {
    List<Objective> objectives = List.of(Objective.CROSS_ENTROPY, Objective.MARGIN);
    return new Pgd(40, 8, 2, Start.RANDOM, objectives, Effort.UNTIL_FOOLED, 1);
  }

  /** Same attack with another number of steps per run, over the same path length. */
  public Pgd withSteps(int newSteps) {
    return new Pgd(newSteps, travel, restarts, start, objectives, effort, draws);
  }

  /** Same attack with a longer or shorter path. */
  public Pgd withTravel(float newTravel) {
    return new Pgd(steps, newTravel, restarts, start, objectives, effort, draws);
  }

  /** Same attack with another number of independent runs. */
  public Pgd withRestarts(int newRestarts) {
    return new Pgd(steps, travel, newRestarts, start, objectives, effort, draws);
  }

  /** Same attack with another first starting point. */
  public Pgd withStart(Start newStart) {
    return new Pgd(steps, travel, restarts, newStart, objectives, effort, draws);
  }

  /** Same attack on one loss only. */
  public Pgd withObjective(Objective newObjective) {
    return new Pgd(steps, travel, restarts, start, List.of(newObjective), effort, draws);
  }

  /** Same attack, stopping at another point. */
  public Pgd withEffort(Effort newEffort) {
    return new Pgd(steps, travel, restarts, start, objectives, newEffort, draws);
  }

  /**
   * Same attack with gradients averaged over this many answers, for a randomised model (expectation
   * over transformation).
   */
  public Pgd withDraws(int newDraws) {
    return new Pgd(steps, travel, restarts, start, objectives, effort, newDraws);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Incumbent best = new Incumbent(allowed.clean(), goal);
    for (int run = 0; run < restarts; run++) {
      LogitLoss loss = goal.loss(objectives.get(run % objectives.size()));
      Ascent ascent = new Ascent(model, loss, draws);
      boolean fromClean = run == 0 && start == Start.CLEAN;
      Batch x = pending(best, fromClean ? allowed.clean() : allowed.sample(seed.derive(run)));
      for (int step = 0; step < steps && x.rows() > 0; step++) {
        Gradient gradient = ascent.at(x);
        best.offer(x, gradient.logits());
        float length = shrinking(step) * allowed.radius();
        x = allowed.ascended(x, gradient.byInput(), length);
        x = pending(best, x);
      }
      if (x.rows() > 0) {
        best.offer(x, model.logits(x));
      }
    }
    return best.batch();
  }

  private float shrinking(int step) {
    return 2 * travel / steps * (1 - (step + 0.5f) / steps);
  }

  private Batch pending(Incumbent best, Batch x) {
    return effort == Effort.UNTIL_FOOLED ? best.unsettled(x) : x;
  }

  @Override
  public String title() {
    return "PGD-" + steps;
  }
}
