package io.gauntlet.threat;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;

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

  Neighbourhood(ThreatModel threat, Batch clean, Domain domain) {
    if (!clean.isInExampleOrder()) {
      throw new IllegalArgumentException("clean examples must be distinct and in order");
    }
    this.threat = threat;
    this.clean = clean;
    this.domain = domain;
  }

  /** The unperturbed examples, each once. */
  public Batch clean() {
    return clean;
  }

  /** How perturbations are measured. */
  public Norm norm() {
    return threat.norm();
  }

  /** Largest allowed perturbation, in the norm of the threat model and input units. */
  public float radius() {
    return threat.epsilon();
  }

  /** Moves every candidate to the nearest point of ball and domain. */
  public Batch project(Batch candidates) {
    Room room = new Room();
    return candidates.editRows(
        (i, x) -> {
          room.around(candidates.example(i));
          for (int j = 0; j < x.length; j++) {
            x[j] -= room.origin[j];
          }
          threat.norm().project(x, threat.epsilon(), room.low, room.high);
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.clip(j, room.origin[j] + x[j]);
          }
        });
  }

  /**
   * The step of size {@code length}, in this threat's norm, that climbs {@code gradient} fastest
   * from {@code x} without leaving the domain.
   *
   * @param x where the gradient was taken, shape (rows, features)
   * @param gradient of each row's loss by its input, shape (rows, features)
   */
  public Batch steepest(Batch x, Batch gradient, float length) {
    Room room = new Room();
    return gradient.editRows(
        (i, g) -> {
          room.from(x, i);
          threat.norm().steepen(g, length, room.low, room.high);
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
              .sample(
                  delta, threat.epsilon(), room.low, room.high, seed.forExample(clean.example(i)));
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.clip(j, x[j] + delta[j]);
          }
        });
  }

  /** Size of one candidate's perturbation, in this threat's norm and input units. */
  public double distance(Batch candidates, int row) {
    Room room = new Room();
    room.around(candidates.example(row));
    float[] delta = candidates.row(row);
    for (int j = 0; j < delta.length; j++) {
      delta[j] -= room.origin[j];
    }
    return threat.norm().of(delta);
  }

  /**
   * Whether a candidate is in ball and domain, float rounding forgiven (one unit in the last place
   * of every feature, and one part in 100,000 of the radius).
   */
  public boolean contains(Batch candidates, int row) {
    double size = distance(candidates, row);
    float[] origin = clean.row(clean.rowOf(candidates.example(row)));
    double allowed =
        threat.epsilon() * (1 + 1e-5) + threat.norm().rounding(origin, threat.epsilon());
    for (int j = 0; j < candidates.width(); j++) {
      if (!domain.contains(j, candidates.get(row, j))) {
        return false;
      }
    }
    return size <= allowed; // NaN is outside
  }

  /** What the domain leaves around a point. */
  private final class Room {
    final float[] origin = new float[clean.width()];
    final float[] low = new float[clean.width()];
    final float[] high = new float[clean.width()];

    void around(long example) {
      from(clean, clean.rowOf(example));
    }

    void from(Batch batch, int row) {
      batch.copyRow(row, origin);
      for (int j = 0; j < origin.length; j++) {
        low[j] = domain.lower(j) - origin[j];
        high[j] = domain.upper(j) - origin[j];
      }
    }
  }

  @Override
  public String toString() {
    return threat + " around " + clean;
  }
}
