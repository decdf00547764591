package io.gauntlet.threat;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import java.util.Arrays;

/**
 * The set of inputs a {@link ThreatModel} lets an attacker reach from each clean example: ball and
 * domain. The only class that joins the two.
 *
 * <p>Candidates are matched to their clean example by {@link Batch#example}, so a batch may hold
 * some of the examples only.
 */
public final class Neighbourhood {
  private final ThreatModel threat;
  private final Batch clean;
  private final Domain domain;
  private final float radius;

  Neighbourhood(ThreatModel threat, Batch clean, Domain domain) {
    if (!clean.isInExampleOrder()) {
      throw new IllegalArgumentException("clean examples must be distinct and in order");
    }
    this.threat = threat;
    this.clean = clean;
    this.domain = domain;
    radius = threat.isBounded() ? threat.epsilon() : diameter(threat.norm(), clean, domain);
  }

  /** Size of the largest perturbation the domain has room for: no bound, but a finite one. */
  private static float diameter(Norm norm, Batch clean, Domain domain) {
    float[] across = new float[clean.width()];
    for (int j = 0; j < across.length; j++) {
      across[j] = domain.upper(j) - domain.lower(j);
    }
    double size = norm.of(across);
    float rounded = (float) size;
    return rounded < size ? Math.nextUp(rounded) : rounded; // the far corner is legal too
  }

  /** The unperturbed examples, each once. */
  public Batch clean() {
    return clean;
  }

  /** The same around the clean examples in these rows, which must ascend. */
  public Neighbourhood select(int... rows) {
    return new Neighbourhood(threat, clean.select(rows), domain);
  }

  /** How perturbations are measured. */
  public Norm norm() {
    return threat.norm();
  }

  /**
   * Largest allowed perturbation, in the norm of the threat model and input units; without a bound,
   * the size of the domain.
   */
  public float radius() {
    return radius;
  }

  /** Whether an example is settled once it is fooled; otherwise the closest success counts. */
  public boolean isBounded() {
    return threat.isBounded();
  }

  /** Moves every candidate to the nearest point of ball and domain; one that is there stays. */
  public Batch project(Batch candidates) {
    float[] radii = new float[candidates.rows()];
    Arrays.fill(radii, radius);
    return project(candidates, radii);
  }

  /**
   * Moves every candidate to the nearest point of domain and a ball of its own, which minimum-norm
   * attacks shrink and grow; one that is there stays.
   *
   * @param radii one for each row of {@code candidates}, 0 or more; may be infinite
   */
  public Batch project(Batch candidates, float[] radii) {
    requireWidth(candidates);
    requireOneEach(candidates, radii.length, "radii");
    Room room = new Room();
    return candidates.editRows((i, x) -> room.project(candidates.example(i), x, radii[i]));
  }

  /**
   * The step of at most {@code length}, in this threat's norm, that climbs {@code gradient} fastest
   * from {@code x} without leaving the domain (under L2, along the features that may still move, so
   * that a projection has to follow).
   *
   * @param x where the gradient was taken, inside the domain, shape (rows, features)
   * @param gradient of each row's loss by its input, shape (rows, features), in the order of x
   */
  public Batch steepest(Batch x, Batch gradient, float length) {
    float[] lengths = new float[x.rows()];
    Arrays.fill(lengths, length);
    return steepest(x, gradient, lengths);
  }

  /**
   * The steepest steps, as {@link #steepest(Batch, Batch, float)}, each of its own length.
   *
   * @param lengths one for each row of {@code x}, 0 or more
   */
  public Batch steepest(Batch x, Batch gradient, float[] lengths) {
    requireOneEach(x, lengths.length, "lengths");
    return steps(x, gradient, (i, g, r) -> threat.norm().steepen(g, lengths[i], r.low, r.high));
  }

  /** One step of projected gradient ascent, as {@link #ascended(Batch, Batch, float[])}. */
  public Batch ascended(Batch x, Batch gradient, float length) {
    float[] lengths = new float[x.rows()];
    Arrays.fill(lengths, length);
    return ascended(x, gradient, lengths);
  }

  /**
   * Where one step of projected gradient ascent leads: {@code x} plus a step of its length along
   * the gradient, in this threat's norm, moved to the nearest point of ball and domain.
   *
   * @param x where the gradient was taken, inside the domain, shape (rows, features)
   * @param gradient of each row's loss by its input, shape (rows, features), in the order of x
   * @param lengths one for each row of {@code x}, 0 or more
   */
  public Batch ascended(Batch x, Batch gradient, float[] lengths) {
    requireOneEach(x, lengths.length, "lengths");
    requireOneEach(x, gradient.rows(), "gradients");
    requireWidth(x);
    requireWidth(gradient);
    Room room = new Room();
    float[] step = new float[clean.width()];
    return x.editRows( // in one sweep: batches of images are larger than the caches
        (i, row) -> {
          gradient.copyRow(i, step);
          room.from(x, i);
          threat.norm().ascend(step, lengths[i], room.low, room.high);
          for (int j = 0; j < row.length; j++) {
            row[j] += step[j];
          }
          room.project(x.example(i), row, radius);
        });
  }

  /**
   * The smallest step from {@code x}, in this threat's norm, that stays in the domain and gains
   * {@code gains} by the linearised loss, or the one that gains most where the domain has no room.
   *
   * @param x inside the domain, shape (rows, features)
   * @param gradient of each row's loss by its input, shape (rows, features), in the order of x
   * @param gains one for each row, in loss units; not negative
   */
  public Batch reach(Batch x, Batch gradient, float[] gains) {
    requireOneEach(x, gains.length, "gains");
    return steps(x, gradient, (i, g, r) -> threat.norm().reach(g, gains[i], r.low, r.high));
  }

  /** Turns the gradient of one row into a step, in place. */
  private interface Stepper {
    void apply(int row, float[] gradient, Room room);
  }

  private Batch steps(Batch x, Batch gradient, Stepper stepper) {
    requireWidth(x);
    requireWidth(gradient);
    requireOneEach(x, gradient.rows(), "gradients");
    Room room = new Room();
    return gradient.editRows(
        (i, g) -> {
          room.from(x, i);
          stepper.apply(i, g, room);
        });
  }

  /** One point for each clean example, drawn uniformly from its ball and put into the domain. */
  public Batch sample(Seed seed) {
    Room room = new Room();
    return clean.editRows(
        (i, x) -> {
          room.around(clean.example(i));
          float[] delta = new float[x.length];
          threat
              .norm()
              .sample(delta, radius, room.low, room.high, seed.forExample(clean.example(i)));
          for (int j = 0; j < x.length; j++) {
            x[j] = room.clip(j, x[j] + delta[j]);
          }
        });
  }

  /** Size of one candidate's perturbation, in this threat's norm and input units. */
  public double distance(Batch candidates, int row) {
    requireWidth(candidates);
    float[] delta = candidates.row(row);
    int origin = clean.rowOf(candidates.example(row));
    for (int j = 0; j < delta.length; j++) {
      delta[j] -= clean.get(origin, j);
    }
    return threat.norm().of(delta);
  }

  /**
   * Whether a candidate is in ball and domain. Float rounding is forgiven: what is measured is the
   * smallest perturbation that rounds to the candidate (half a unit in the last place nearer in
   * every changed feature), and sizes that are not counts may exceed the radius by one part in
   * 100,000.
   */
  public boolean contains(Batch candidates, int row) {
    requireWidth(candidates);
    float[] delta = candidates.row(row);
    int origin = clean.rowOf(candidates.example(row));
    for (int j = 0; j < delta.length; j++) {
      float x = delta[j];
      if (!domain.contains(j, x)) {
        return false; // so is NaN
      }
      float from = clean.get(origin, j);
      delta[j] = Math.abs(x - from) - Math.abs(x - Math.nextAfter(x, from)) / 2;
    }
    double slack = threat.norm() == Norm.l0() ? 1 : 1 + 1e-5;
    return threat.norm().of(delta) <= radius * slack;
  }

  private static void requireOneEach(Batch inputs, int count, String what) {
    if (inputs.rows() != count) {
      throw new IllegalArgumentException(
          "there must be one each for %s inputs, but there were %s %s"
              .formatted(inputs.rows(), count, what));
    }
  }

  private void requireWidth(Batch batch) {
    if (batch.width() != clean.width()) {
      throw new IllegalArgumentException(
          "batches must have %s features like the clean examples, but had %s"
              .formatted(clean.width(), batch.width()));
    }
  }

  /** What the domain leaves around a point. */
  private final class Room {
    final float[] origin = new float[clean.width()];
    final float[] low = new float[clean.width()];
    final float[] high = new float[clean.width()];
    private final float[] delta = new float[clean.width()];
    private final float[] inside = new float[clean.width()];
    private final float[] lowest = new float[clean.width()];
    private final float[] highest = new float[clean.width()];

    Room() {
      for (int j = 0; j < lowest.length; j++) {
        lowest[j] = domain.lower(j);
        highest[j] = domain.upper(j);
      }
    }

    void around(long example) {
      from(clean, clean.rowOf(example));
    }

    void from(Batch batch, int row) {
      batch.copyRow(row, origin);
      for (int j = 0; j < origin.length; j++) { // plain arrays: auto-vectorises
        low[j] = lowest[j] - origin[j];
        high[j] = highest[j] - origin[j];
      }
    }

    /** Moves {@code x} to the nearest point of domain and ball; a feature that is there stays. */
    void project(long example, float[] x, float size) {
      around(example);
      for (int j = 0; j < x.length; j++) {
        delta[j] = x[j] - origin[j];
        inside[j] = delta[j];
      }
      threat.norm().project(inside, size, low, high);
      for (int j = 0; j < x.length; j++) {
        // origin + delta would round again where x stays; a choice of ints does not branch
        int moved = Float.floatToRawIntBits(origin[j] + inside[j]);
        int stays = Float.floatToRawIntBits(x[j]);
        x[j] = Float.intBitsToFloat(inside[j] == delta[j] ? stays : moved);
      }
      for (int j = 0; j < x.length; j++) { // auto-vectorises
        x[j] = Math.min(highest[j], Math.max(lowest[j], x[j]));
      }
    }

    float clip(int feature, float value) {
      return Math.min(highest[feature], Math.max(lowest[feature], value));
    }
  }

  @Override
  public String toString() {
    return threat + " around " + clean;
  }
}
