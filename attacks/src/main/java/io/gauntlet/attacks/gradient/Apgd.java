package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;

/**
 * Auto-PGD: projected gradient ascent with momentum that finds its step size itself.
 *
 * <p>Follows Croce, Hein: <a href="https://arxiv.org/abs/2003.01690">Reliable Evaluation of
 * Adversarial Robustness with an Ensemble of Diverse Parameter-free Attacks</a>, ICML 2020; under
 * L1 <a href="https://arxiv.org/abs/2103.01208">Mind the box</a>, ICML 2021, with its sparse steps
 * and its three stages of shrinking radius. Differs from the authors' code in four ways. The
 * projection onto ball and domain is exact under L2 too. An example that is fooled is not attacked
 * further. Of all iterates that fool, the one with the widest margin is returned. Under L1 the
 * stages are always used.
 *
 * @param steps gradient steps per run; at least 1
 * @param restarts runs for each loss, all from random starts; at least 1
 * @param objective loss to climb
 * @param targets 0 for one loss against all classes; otherwise how many of the likeliest wrong
 *     classes to aim at, one after the other (no more than there are; a targeted goal has its own)
 * @param draws how often the model is asked for each gradient, to average over a randomised one; at
 *     least 1
 */
public record Apgd(int steps, int restarts, Objective objective, int targets, int draws)
    implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public Apgd {
    Check.atLeast(1, steps, "steps");
    Check.atLeast(1, restarts, "restarts");
    Check.atLeast(0, targets, "targets");
    Check.atLeast(1, draws, "draws");
  }

  /** APGD-CE: a hundred steps up the cross-entropy. */
  public static Apgd crossEntropy() {
    return new Apgd(100, 1, Objective.CROSS_ENTROPY, 0, 1);
  }

  /** APGD-DLR: a hundred steps up the difference of logits ratio; needs 3 classes. */
  public static Apgd dlr() {
    return new Apgd(100, 1, Objective.DLR, 0, 1);
  }

  /** APGD-T: a hundred steps towards each of the nine likeliest wrong classes; needs 4 classes. */
  public static Apgd targeted() {
    return new Apgd(100, 1, Objective.DLR, 9, 1);
  }

  /** Same attack with another number of steps per run. */
  public Apgd withSteps(int newSteps) {
    return new Apgd(newSteps, restarts, objective, targets, draws);
  }

  /** Same attack with another number of runs for each loss. */
  public Apgd withRestarts(int newRestarts) {
    return new Apgd(steps, newRestarts, objective, targets, draws);
  }

  /** Same attack up another loss. */
  public Apgd withObjective(Objective newObjective) {
    return new Apgd(steps, restarts, newObjective, targets, draws);
  }

  /** Same attack with another number of target classes, 0 for none. */
  public Apgd withTargets(int newTargets) {
    return new Apgd(steps, restarts, objective, newTargets, draws);
  }

  /** Same attack with gradients averaged over this many answers. */
  public Apgd withDraws(int newDraws) {
    return new Apgd(steps, restarts, objective, targets, newDraws);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Incumbent best = new Incumbent(allowed.clean(), goal);
    int run = 0;
    for (LogitLoss loss : losses(model, allowed.clean(), goal)) {
      for (int restart = 0; restart < restarts; restart++) {
        Ascent ascent = new Ascent(model, loss, draws);
        if (allowed.norm() == Norm.l1()) {
          new SparseClimb(steps, ascent, allowed, best).run(seed.derive(run++));
        } else {
          new Climb(steps, ascent, allowed, best).run(seed.derive(run++));
        }
      }
    }
    return best.batch();
  }

  private List<LogitLoss> losses(DifferentiableModel model, Batch clean, Goal goal) {
    return targets > 0 && goal instanceof Goal.Untargeted
        ? Rivals.of(model, clean, goal.labels(), targets).stream()
            .map(rivals -> new Goal.Targeted(goal.labels(), rivals).loss(objective))
            .toList()
        : List.of(goal.loss(objective));
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1());
  }

  @Override
  public String title() {
    String loss =
        switch (objective) {
          case CROSS_ENTROPY -> "CE";
          case MARGIN -> "Margin";
          case DLR -> "DLR";
        };
    return targets == 0 ? "APGD-" + loss : objective == Objective.DLR ? "APGD-T" : "APGD-T-" + loss;
  }
}
