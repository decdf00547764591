package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fast adaptive boundary attack: walks to the linearised boundary, pulled towards the clean example
 * at the same time, and closer to it after every success.
 *
 * <p>Follows Croce, Hein: <a href="https://arxiv.org/abs/1907.02044">Minimally distorted
 * Adversarial Examples with a Fast Adaptive Boundary Attack</a>, ICML 2020. Differs from the
 * authors' code in that an iterate is asked for its scores and its gradient in one pass, and that
 * in a bounded threat model an example is settled by its first success inside.
 *
 * @param steps per run; at least 1
 * @param restarts runs for each target, the first from the clean example, the others from half way
 *     to a random point of the ball; at least 1
 * @param targets 0 to head for the nearest boundary of all, which costs one backward pass for each
 *     class; otherwise how many of the likeliest wrong classes to head for, one after the other (no
 *     more than there are; a targeted goal has its own)
 * @param pull largest share of the way that starts from the clean example, alpha_max of the paper;
 *     in (0, 1]
 * @param overshoot how far to go beyond the linearised boundary, eta of the paper; at least 1
 * @param retreat share of the perturbation kept after a success, beta of the paper; in (0, 1)
 */
public record Fab(int steps, int restarts, int targets, float pull, float overshoot, float retreat)
    implements Attack<DifferentiableModel> {
  private static final double TINY = 1e-8;

  /** Checks the hyperparameters. */
  public Fab {
    Check.atLeast(1, steps, "steps");
    Check.atLeast(1, restarts, "restarts");
    Check.atLeast(0, targets, "targets");
    require(pull > 0 && pull <= 1, "pull must be in (0, 1]", pull);
    require(overshoot >= 1 && Float.isFinite(overshoot), "overshoot must be at least 1", overshoot);
    require(retreat > 0 && retreat < 1, "retreat must be in (0, 1)", retreat);
  }

  private static void require(boolean holds, String rule, float value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", but was " + value);
    }
  }

  /** FAB: a hundred steps to the nearest boundary. */
  public static Fab standard() {
    return new Fab(100, 1, 0, 0.1f, 1.05f, 0.9f);
  }

  /** FAB-T: a hundred steps to each of the nine likeliest wrong classes. */
  public static Fab targeted() {
    return standard().withTargets(9);
  }

  /** Same attack with another number of steps per run. */
  public Fab withSteps(int newSteps) {
    return new Fab(newSteps, restarts, targets, pull, overshoot, retreat);
  }

  /** Same attack with another number of runs for each target. */
  public Fab withRestarts(int newRestarts) {
    return new Fab(steps, newRestarts, targets, pull, overshoot, retreat);
  }

  /** Same attack with another number of target classes, 0 for the nearest boundary of all. */
  public Fab withTargets(int newTargets) {
    return new Fab(steps, restarts, newTargets, pull, overshoot, retreat);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Closest closest = new Closest(allowed, goal);
    int run = 0;
    for (Boundary boundary : boundaries(model, allowed, goal)) {
      for (int restart = 0; restart < restarts; restart++) {
        Batch start = restart == 0 ? allowed.clean() : halfWay(allowed, seed.derive(run));
        walk(boundary, allowed, closest.unsettled(start), closest);
        run++;
      }
    }
    return closest.batch();
  }

  private void walk(Boundary boundary, Neighbourhood allowed, Batch start, Closest closest) {
    Batch x = start;
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      Boundary.Plane plane = boundary.at(x);
      boolean[] reached = closest.offer(x, plane.logits());
      int[] open = closest.open(x);
      x = x.select(open);
      plane = plane.select(open);
      int[] fooled = x.rowsWhere(i -> reached[open[i]]);
      if (fooled.length > 0) {
        x = retreated(x, fooled, allowed);
        plane = plane.with(fooled, boundary.at(x.select(fooled)));
      }
      x = towards(plane, x, allowed);
    }
    if (x.rows() > 0) {
      closest.offer(x, boundary.model().logits(x));
    }
  }

  private Batch retreated(Batch x, int[] fooled, Neighbourhood allowed) {
    Batch origins = origins(x, allowed);
    boolean[] back = new boolean[x.rows()];
    for (int i : fooled) {
      back[i] = true;
    }
    return Climb.replaced(x, back, origins.plus(x.minus(origins).times(retreat)));
  }

  /** The paper's step: between x and the clean example, both moved to the plane. */
  private Batch towards(Boundary.Plane plane, Batch x, Neighbourhood allowed) {
    Batch origins = origins(x, allowed);
    Batch fromHere = plane.stepsFrom(x, x, allowed);
    Batch fromClean = plane.stepsFrom(origins, x, allowed);
    float[] here = new float[x.width()];
    float[] clean = new float[x.width()];
    float[] step = new float[x.width()];
    Batch moved =
        x.editRows(
            (i, row) -> {
              fromHere.copyRow(i, here);
              fromClean.copyRow(i, step);
              origins.copyRow(i, clean);
              double near = Math.max(allowed.norm().of(here), TINY);
              double far = Math.max(allowed.norm().of(step), TINY);
              float share = (float) Math.min(near / (near + far), pull);
              for (int j = 0; j < row.length; j++) {
                row[j] =
                    (1 - share) * (row[j] + overshoot * here[j])
                        + share * (clean[j] + overshoot * step[j]);
              }
            });
    float[] anywhere = new float[x.rows()];
    Arrays.fill(anywhere, Float.POSITIVE_INFINITY);
    return allowed.project(moved, anywhere);
  }

  private static Batch origins(Batch x, Neighbourhood allowed) {
    Batch clean = allowed.clean();
    return x.editRows((i, row) -> clean.copyRow(clean.rowOf(x.example(i)), row));
  }

  private static Batch halfWay(Neighbourhood allowed, Seed seed) {
    Batch clean = allowed.clean();
    return clean.plus(allowed.sample(seed).minus(clean).times(0.5f));
  }

  private List<Boundary> boundaries(DifferentiableModel model, Neighbourhood allowed, Goal goal) {
    if (goal instanceof Goal.Targeted) {
      return List.of(new Boundary.OfLoss(model, goal.loss(Objective.MARGIN)));
    }
    if (targets == 0) {
      return List.of(new Boundary.Nearest(model, goal.labels(), allowed.norm()));
    }
    List<Boundary> boundaries = new ArrayList<>();
    for (var rivals : Rivals.of(model, allowed.clean(), goal.labels(), targets)) {
      LogitLoss loss = new Difference(goal.labels(), rivals);
      boundaries.add(new Boundary.OfLoss(model, loss));
    }
    return boundaries;
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1());
  }

  @Override
  public String title() {
    return targets == 0 ? "FAB" : "FAB-T";
  }
}
