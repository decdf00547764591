package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Incumbent;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;

/**
 * One run of {@link Apgd} under Linf or L2: steps with momentum; at checkpoints, an example that
 * has stopped getting anywhere halves its step and goes back to where its loss was highest.
 */
final class Climb {
  private static final float MOMENTUM = 0.25f; // 1 - alpha of the paper
  private static final float RHO = 0.75f;

  private final int steps;
  private final Ascent ascent;
  private final Neighbourhood allowed;
  private final Incumbent incumbent;
  private Batch x;
  private Batch before;
  private Batch gradient;
  private Batch summit;
  private Batch summitGradient;
  private float[] step;
  private float[] loss;
  private float[] highest;
  private float[] highestAtCheckpoint;
  private int[] raises;
  private boolean[] halved;

  Climb(int steps, Ascent ascent, Neighbourhood allowed, Incumbent incumbent) {
    this.steps = steps;
    this.ascent = ascent;
    this.allowed = allowed;
    this.incumbent = incumbent;
    Batch none = allowed.clean().select();
    x = before = gradient = summit = summitGradient = none;
    step = loss = highest = highestAtCheckpoint = new float[0];
    raises = new int[0];
    halved = new boolean[0];
  }

  void run(Seed seed) {
    start(incumbent.unsettled(allowed.sample(seed)));
    int window = Math.max((int) (0.22 * steps), 1);
    int sinceCheckpoint = 0;
    for (int i = 0; i < steps; i++) {
      keep(incumbent.open(x));
      if (x.rows() == 0) {
        return;
      }
      step(i == 0 ? 0 : MOMENTUM);
      look();
      sinceCheckpoint++;
      if (sinceCheckpoint == window) {
        checkpoint(window);
        window = Math.max(window - Math.max((int) (0.03 * steps), 1), (int) (0.06 * steps));
        window = Math.max(window, 1);
        sinceCheckpoint = 0;
      }
    }
  }

  private void start(Batch from) {
    x = from;
    before = from;
    Gradient at = ascent.at(from);
    incumbent.offer(from, at.logits());
    gradient = at.byInput();
    summit = from;
    summitGradient = gradient;
    int rows = from.rows();
    step = new float[rows];
    Arrays.fill(step, 2 * allowed.radius());
    loss = new float[rows];
    for (int i = 0; i < rows; i++) {
      loss[i] = at.losses().get(i, 0);
    }
    highest = loss.clone();
    highestAtCheckpoint = loss.clone();
    raises = new int[rows];
    halved = new boolean[rows];
    Arrays.fill(halved, true); // the first checkpoint judges by the raises alone
  }

  /** Goes uphill, with a share of the last move added. */
  private void step(float momentum) {
    Batch ahead = allowed.ascended(x, gradient, step);
    if (momentum > 0) {
      Batch blend = ahead.minus(x).times(1 - momentum).plus(x.minus(before).times(momentum));
      ahead = allowed.project(x.plus(blend));
    }
    before = x;
    x = ahead;
  }

  private void look() {
    Gradient at = ascent.at(x);
    incumbent.offer(x, at.logits());
    gradient = at.byInput();
    boolean[] higher = new boolean[x.rows()];
    for (int i = 0; i < higher.length; i++) {
      float now = at.losses().get(i, 0);
      raises[i] += now > loss[i] ? 1 : 0;
      loss[i] = now;
      higher[i] = now > highest[i];
      highest[i] = higher[i] ? now : highest[i];
    }
    summit = replaced(summit, higher, x);
    summitGradient = replaced(summitGradient, higher, gradient);
  }

  private void checkpoint(int window) {
    boolean[] stuck = new boolean[x.rows()];
    for (int i = 0; i < stuck.length; i++) {
      boolean oscillates = raises[i] <= RHO * window;
      boolean stalls = !halved[i] && highestAtCheckpoint[i] >= highest[i];
      stuck[i] = oscillates || stalls;
      step[i] = stuck[i] ? step[i] / 2 : step[i];
      halved[i] = stuck[i];
      highestAtCheckpoint[i] = highest[i];
      raises[i] = 0;
    }
    x = replaced(x, stuck, summit);
    gradient = replaced(gradient, stuck, summitGradient);
  }

  /** These rows, those marked taken from {@code other}. */
  static Batch replaced(Batch rows, boolean[] marked, Batch other) {
    return rows.editRows(
        (i, row) -> {
          if (marked[i]) {
            other.copyRow(i, row);
          }
        });
  }

  /** Forgets all rows but these. */
  private void keep(int[] open) {
    if (open.length == x.rows()) {
      return;
    }
    x = x.select(open);
    before = before.select(open);
    gradient = gradient.select(open);
    summit = summit.select(open);
    summitGradient = summitGradient.select(open);
    step = select(step, open);
    loss = select(loss, open);
    highest = select(highest, open);
    highestAtCheckpoint = select(highestAtCheckpoint, open);
    int[] keptRaises = new int[open.length];
    boolean[] keptHalved = new boolean[open.length];
    for (int i = 0; i < open.length; i++) {
      keptRaises[i] = raises[open[i]];
      keptHalved[i] = halved[open[i]];
    }
    raises = keptRaises;
    halved = keptHalved;
  }

  static float[] select(float[] values, int[] rows) {
    float[] kept = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      kept[i] = values[rows[i]];
    }
    return kept;
  }
}
