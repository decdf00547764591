package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.List;

/**
 * SparseFool: lets {@link DeepFool} find a point beyond the boundary, takes the boundary there for
 * flat, and crosses it with the features of the steepest slope, each as far as it goes.
 *
 * <p>Follows Modas, Moosavi-Dezfooli, Frossard: <a
 * href="https://arxiv.org/abs/1811.02248">SparseFool: a few pixels make a big difference</a>, CVPR
 * 2019. Differs from it in two ways: the normal is the gradient of the margin, which also serves
 * targets; and where DeepFool finds nothing, the example is given up.
 *
 * @param steps most flat boundaries to cross; at least 1; each costs a DeepFool run and a pass each
 *     way
 * @param lambda how far beyond the boundary the flat one is laid, in distances from the example to
 *     what DeepFool found: more means fewer steps and more features, 1 the fewest; finite, at least
 *     1
 */
public record SparseFool(int steps, float lambda) implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public SparseFool {
    Check.atLeast(1, steps, "steps");
    if (!(Check.positive(lambda, "lambda") >= 1)) {
      throw new IllegalArgumentException("lambda must be at least 1, but was " + lambda);
    }
  }

  /** Twenty steps, three times as far as DeepFool goes. */
  public static SparseFool standard() {
    return new SparseFool(20, 3);
  }

  /** Same attack with another number of steps. */
  public SparseFool withSteps(int newSteps) {
    return new SparseFool(newSteps, lambda);
  }

  /** Same attack that lays the boundary elsewhere. */
  public SparseFool withLambda(float newLambda) {
    return new SparseFool(steps, newLambda);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l0());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss margin = goal.loss(Objective.MARGIN);
    ThreatModel anywhere = ThreatModel.unbounded(Norm.l2());
    Closest closest = new Closest(allowed, goal);
    Batch x = open(closest, model, allowed.clean());
    for (int step = 0; step < steps && x.rows() > 0; step++) {
      Neighbourhood around = anywhere.around(x, model.domain());
      Batch beyond = DeepFool.standard().perturb(model, around, goal, seed);
      Batch on = around.project(x.plus(beyond.minus(x).times(lambda)));
      Batch normal = model.gradient(on, margin).byInput();
      x = open(closest, model, cross(x, on, normal, model.domain()));
    }
    return closest.batch();
  }

  /** Asks the model, and keeps the rows that are not fooled yet. */
  private static Batch open(Closest closest, DifferentiableModel model, Batch x) {
    boolean[] reached = closest.offer(x, model.logits(x));
    return x.select(x.rowsWhere(i -> !reached[i]));
  }

  /** Moves feature after feature, steepest first, until the plane is crossed. */
  private static Batch cross(Batch x, Batch on, Batch normals, Domain domain) {
    return x.editRows(
        (i, values) -> {
          float[] normal = normals.row(i);
          double missing = 0;
          for (int j = 0; j < normal.length; j++) {
            missing += normal[j] * ((double) on.get(i, j) - values[j]);
          }
          for (long packed : steepestFirst(normal)) {
            int j = (int) packed;
            float before = values[j];
            float wanted = (float) (before + missing / normal[j]); // not finite: nothing to follow
            if (missing <= 0 || !Float.isFinite(wanted)) {
              break;
            }
            values[j] = domain.clip(j, wanted);
            if (values[j] == wanted) {
              break; // what is left is rounding
            }
            missing -= normal[j] * ((double) values[j] - before);
          }
        });
  }

  private static long[] steepestFirst(float[] normal) {
    long[] packed = new long[normal.length]; // sorting longs: no boxes, no comparator
    for (int j = 0; j < normal.length; j++) {
      packed[j] = (0x7fffffffL - Float.floatToIntBits(Math.abs(normal[j]))) << 32 | j;
    }
    Arrays.sort(packed);
    return packed;
  }
}
