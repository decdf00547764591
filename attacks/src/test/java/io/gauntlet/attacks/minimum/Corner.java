package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;

/**
 * Two features in [0, 1], the first almost at its end already, and a straight boundary that is
 * nearest beyond that end: an attack that forgets the box, or clips after it has stepped, settles
 * too far away or not at all.
 *
 * @param slope how much the second feature counts where the first counts 1
 * @param cut what the sum must exceed for class 1
 */
record Corner(float slope, float cut) {
  private static final float[] CLEAN = {0.95f, 0.3f};
  private static final int GRID = 1000;

  private Mlp model() {
    return Mlp.linear(Domain.UNIT, new float[][] {{0, 0}, {1, slope}}, new float[] {cut, 0});
  }

  double distanceFound(Attack<? super DifferentiableModel> attack, Norm norm) {
    Neighbourhood all = ThreatModel.unbounded(norm).around(Batch.of(CLEAN), Domain.UNIT);
    Goal goal = new Goal.Untargeted(Labels.of(0));
    Batch found = attack.perturb(model(), all, goal, Seed.of(1));
    return goal.isReached(model().logits(found), 0) ? all.distance(found, 0) : Double.NaN;
  }

  /** The smallest distance of any point of a fine grid, or with one feature kept, in class 1. */
  double distanceByBruteForce(Norm norm) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = -1; i <= GRID; i++) {
      for (int j = -1; j <= GRID; j++) {
        float first = i < 0 ? CLEAN[0] : i / (float) GRID;
        float second = j < 0 ? CLEAN[1] : j / (float) GRID;
        if (first + slope * second > cut) {
          smallest = Math.min(smallest, norm.of(new float[] {first - CLEAN[0], second - CLEAN[1]}));
        }
      }
    }
    return smallest;
  }
}
