package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Incumbent;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * One run of {@link Apgd} under L1: steps along the signs of the steepest few features, in three
 * balls, the first three times as large as allowed. How many features are moved follows from how
 * many the best iterate has changed.
 */
final class SparseClimb {
  private static final int[] RADII = {3, 2, 1};
  private static final double[] SHARES = {0.3, 0.3, 0.4};
  private static final float DENSITY = 1 / 1.5f;
  private static final float SPARSER = 0.95f;
  private static final float REDUCTION = 1.5f;
  private static final float SMALLEST = 0.1f;

  private final int steps;
  private final Ascent ascent;
  private final Neighbourhood allowed;
  private final Incumbent incumbent;

  SparseClimb(int steps, Ascent ascent, Neighbourhood allowed, Incumbent incumbent) {
    this.steps = steps;
    this.ascent = ascent;
    this.allowed = allowed;
    this.incumbent = incumbent;
  }

  void run(Seed seed) {
    Batch x = incumbent.unsettled(noisy(seed));
    int left = steps;
    for (int stage = 0; stage < RADII.length; stage++) {
      boolean last = stage == RADII.length - 1;
      int share = last ? left : Math.min(left, (int) Math.ceil(SHARES[stage] * steps));
      left -= share;
      x = new Stage(x, RADII[stage] * allowed.radius(), last).climb(share);
    }
  }

  private Batch noisy(Seed seed) {
    return allowed
        .clean()
        .editRows(
            (i, row) -> {
              RandomGenerator random = seed.forExample(allowed.clean().example(i));
              for (int j = 0; j < row.length; j++) {
                row[j] += (float) random.nextGaussian();
              }
            });
  }

  /** The climb inside one ball; what it meets counts only if the ball is the allowed one. */
  private final class Stage {
    private final float radius;
    private final boolean counts;
    private Batch x;
    private Batch gradient;
    private Batch summit;
    private Batch summitGradient;
    private float[] highest;
    private float[] length;
    private int[] changed;

    Stage(Batch from, float radius, boolean counts) {
      this.radius = radius;
      this.counts = counts;
      x = projected(from);
      summit = x;
      Gradient at = look();
      gradient = at.byInput();
      summitGradient = gradient;
      highest = losses(at);
      length = new float[x.rows()];
      Arrays.fill(length, radius);
      changed = changes(x);
    }

    Batch climb(int share) {
      int window = Math.max((int) (0.04 * share), 1);
      for (int i = 1; i <= share; i++) {
        if (counts) {
          keep(incumbent.open(x));
        }
        if (x.rows() == 0) {
          break;
        }
        x = projected(x.plus(gradient.editRows((row, g) -> sparsen(g, row))));
        Gradient at = look();
        gradient = at.byInput();
        remember(losses(at));
        if (i % window == 0) {
          checkpoint();
        }
      }
      return summit;
    }

    private Gradient look() {
      if (x.rows() == 0) {
        return new Gradient(x, x, x);
      }
      Gradient at = ascent.at(x);
      if (counts) {
        incumbent.offer(x, at.logits());
      }
      return at;
    }

    private float[] losses(Gradient at) {
      float[] losses = new float[x.rows()];
      for (int i = 0; i < losses.length; i++) {
        losses[i] = at.losses().get(i, 0);
      }
      return losses;
    }

    /** Turns a gradient into a step: its steepest features, all by the same amount. */
    private void sparsen(float[] gradient, int row) {
      float[] sizes = new float[gradient.length];
      for (int j = 0; j < sizes.length; j++) {
        sizes[j] = Math.abs(gradient[j]);
      }
      Arrays.sort(sizes);
      int most = Math.min(Math.max((int) (changed[row] * DENSITY), 1), sizes.length);
      float smallest = sizes[sizes.length - most];
      int count = 0;
      for (float g : gradient) {
        count += g != 0 && Math.abs(g) >= smallest ? 1 : 0;
      }
      for (int j = 0; j < gradient.length; j++) {
        boolean moves = gradient[j] != 0 && Math.abs(gradient[j]) >= smallest;
        gradient[j] = moves ? Math.copySign(length[row] / count, gradient[j]) : 0;
      }
    }

    private void remember(float[] losses) {
      boolean[] higher = new boolean[losses.length];
      for (int i = 0; i < losses.length; i++) {
        higher[i] = losses[i] > highest[i];
        highest[i] = Math.max(highest[i], losses[i]);
      }
      summit = Climb.replaced(summit, higher, x);
      summitGradient = Climb.replaced(summitGradient, higher, gradient);
    }

    private void checkpoint() {
      int[] now = changes(summit);
      boolean[] sparser = new boolean[now.length];
      for (int i = 0; i < now.length; i++) {
        sparser[i] = now[i] < SPARSER * changed[i];
        length[i] = sparser[i] ? radius : Math.max(length[i] / REDUCTION, SMALLEST * radius);
      }
      changed = now;
      x = Climb.replaced(x, sparser, summit);
      gradient = Climb.replaced(gradient, sparser, summitGradient);
    }

    private Batch projected(Batch candidates) {
      float[] radii = new float[candidates.rows()];
      Arrays.fill(radii, radius);
      return allowed.project(candidates, radii);
    }

    private int[] changes(Batch candidates) {
      Batch clean = allowed.clean();
      int[] counts = new int[candidates.rows()];
      for (int i = 0; i < counts.length; i++) {
        int origin = clean.rowOf(candidates.example(i));
        for (int j = 0; j < candidates.width(); j++) {
          counts[i] += candidates.get(i, j) != clean.get(origin, j) ? 1 : 0;
        }
      }
      return counts;
    }

    private void keep(int[] open) {
      if (open.length == x.rows()) {
        return;
      }
      x = x.select(open);
      gradient = gradient.select(open);
      summit = summit.select(open);
      summitGradient = summitGradient.select(open);
      highest = Climb.select(highest, open);
      length = Climb.select(length, open);
      int[] kept = new int[open.length];
      for (int i = 0; i < open.length; i++) {
        kept[i] = changed[open[i]];
      }
      changed = kept;
    }
  }
}
