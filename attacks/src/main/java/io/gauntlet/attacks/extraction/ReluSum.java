package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Mlp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A tangent plus ReLUs that are off where it touches: a network of one hidden layer, as far as its
 * units are known. Confined to one extraction.
 */
final class ReluSum {
  /** Share of a Jacobian's change that measuring errors may keep from being of rank one. */
  private static final double RANK_ONE = 2e-3;

  /** Share of a segment up to which a kink is taken for a known unit's; of the domain, a plane. */
  private static final double SAME_PLACE = 2e-3;

  /** Cosine of the angle up to which hyperplanes that close are one. */
  private static final double PARALLEL = 0.999;

  /** Other places at which a new unit's hyperplane has to bend the victim. */
  private static final int WITNESSES = 2;

  /** Segments drawn in search of them. */
  private static final int TRIALS = 50;

  /** Share of a segment, to either side of such a place, that is looked at. */
  private static final double WINDOW = 0.05;

  /** Share of what is looked at by which the kink may miss the middle. */
  private static final double CENTRED = 0.005;

  private final Box box;
  private final List<Unit> units = new ArrayList<>();
  private final Probe.Tangent base;

  /** {@code jump * max(0, normal * x + offset)} of a scaled input, {@code normal} of length 1. */
  private static final class Unit {
    final double[] normal;
    final double offset;
    final double[] jump;

    Unit(double[] normal, double offset, double[] jump) {
      this.normal = normal;
      this.offset = offset;
      this.jump = jump;
    }

    double height(double[] x) {
      return offset + dot(normal, x);
    }
  }

  /** Linear, and right around one input. */
  ReluSum(Box box, Probe.Tangent base) {
    this.box = box;
    this.base = base;
  }

  /** Zero everywhere. */
  ReluSum(Box box, int classes) {
    this(box, Probe.Tangent.zero(box, classes));
  }

  double[] value(float[] x) {
    double[] scaled = box.scaled(x);
    double[] way = combined(scaled, base.scaledAt, -1);
    double[] value = base.value.clone();
    for (int k = 0; k < value.length; k++) {
      value[k] += dot(base.jacobian[k], way);
    }
    for (Unit unit : units) {
      double height = Math.max(0, unit.height(scaled));
      for (int k = 0; k < value.length; k++) {
        value[k] += unit.jump[k] * height;
      }
    }
    return value;
  }

  /**
   * Takes up the units whose hyperplanes the segment from the tangent's input to another crosses.
   *
   * @return how many were not known
   */
  int learn(Probe probe, float[] to, RandomGenerator random) {
    List<Double> kinks = Kinks.between(probe, base.at, to);
    Map<Integer, Probe.Tangent> tangents = new HashMap<>();
    int before = units.size();
    for (int i = 0; i < kinks.size(); i++) {
      float[] kink = Kinks.at(kinks.get(i), base.at, to);
      if (!isKnown(kink, to)) {
        Probe.Tangent near = tangents.computeIfAbsent(i, p -> piece(probe, kinks, p, to));
        Probe.Tangent far = tangents.computeIfAbsent(i + 1, p -> piece(probe, kinks, p, to));
        if (near.isSharp && far.isSharp) {
          takeUp(probe, near, far, to, random);
        }
      }
    }
    return units.size() - before;
  }

  /** The linear piece before kink number {@code piece}, measured in its middle. */
  private Probe.Tangent piece(Probe probe, List<Double> kinks, int piece, float[] to) {
    double low = piece == 0 ? 0 : kinks.get(piece - 1);
    double high = piece == kinks.size() ? 1 : kinks.get(piece);
    return probe.jacobian(Kinks.at((low + high) / 2, base.at, to));
  }

  private boolean isKnown(float[] kink, float[] to) {
    double[] place = box.scaled(kink);
    double[] end = box.scaled(to);
    for (Unit unit : units) {
      double climb = Math.abs(unit.height(end) - unit.height(base.scaledAt));
      if (Math.abs(unit.height(place)) <= SAME_PLACE * climb) {
        return true;
      }
    }
    return false;
  }

  /** Adds the unit that explains how two neighbouring linear pieces differ, if one does. */
  private void takeUp(
      Probe probe, Probe.Tangent near, Probe.Tangent far, float[] to, RandomGenerator random) {
    double[][] change = new double[near.value.length][];
    double[] constant = new double[change.length];
    for (int k = 0; k < change.length; k++) {
      change[k] = combined(far.jacobian[k], near.jacobian[k], -1);
      constant[k] =
          far.value[k]
              - dot(far.jacobian[k], far.scaledAt)
              - (near.value[k] - dot(near.jacobian[k], near.scaledAt));
    }
    double[] normal = commonDirection(change);
    if (normal.length == 0) {
      return;
    }
    // off at the base, on at the far end of the segment
    double side = Math.signum(dot(normal, box.scaled(to)) - dot(normal, base.scaledAt));
    double[] outward = combined(new double[normal.length], normal, side);
    double[] jump = new double[change.length];
    for (int k = 0; k < jump.length; k++) {
      jump[k] = dot(change[k], outward);
    }
    Unit unit = new Unit(outward, dot(jump, constant) / dot(jump, jump), jump);
    if (!isKnown(unit) && bendsElsewhere(probe, unit, to, random)) {
      units.add(unit);
    }
  }

  private boolean isKnown(Unit candidate) {
    for (Unit unit : units) {
      if (dot(unit.normal, candidate.normal) > PARALLEL
          && Math.abs(unit.offset - candidate.offset) < SAME_PLACE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether other segments bend where the unit's hyperplane crosses them: two kinks that were taken
   * for one give a plane on which nothing happens.
   */
  private boolean bendsElsewhere(Probe probe, Unit unit, float[] to, RandomGenerator random) {
    int seen = 0;
    int missed = 0;
    for (int trial = 0; trial < TRIALS && seen < WITNESSES && missed < WITNESSES; trial++) {
      double aside = 0.5 / (1 + trial); // ever closer, for a plane that only cuts a corner off
      float[] start = Kinks.at(aside, base.at, probe.box().uniform(random));
      float[] end = Kinks.at(aside, to, probe.box().uniform(random));
      double before = unit.height(box.scaled(start));
      double place = before / (before - unit.height(box.scaled(end)));
      if (place > 0 && place < 1) {
        double window = Math.min(WINDOW, Math.min(place, 1 - place));
        float[] low = Kinks.at(place - window, start, end);
        float[] high = Kinks.at(place + window, start, end);
        if (Kinks.between(probe, low, high).stream().anyMatch(k -> Math.abs(k - 0.5) < CENTRED)) {
          seen++;
        } else {
          missed++;
        }
      }
    }
    return seen == WITNESSES;
  }

  /** The direction that all rows share, up to sign, of length 1; empty if they share none. */
  private static double[] commonDirection(double[][] rows) {
    double[] direction = rows[0];
    for (double[] row : rows) {
      direction = length(row) > length(direction) ? row : direction;
    }
    for (int round = 0; round < 10; round++) { // power iteration
      double[] next = new double[direction.length];
      for (double[] row : rows) {
        next = combined(next, row, dot(row, direction));
      }
      double length = length(next);
      if (length == 0) {
        return new double[0];
      }
      direction = combined(new double[next.length], next, 1 / length);
    }
    double all = 0;
    double off = 0;
    for (double[] row : rows) {
      double[] rest = combined(row, direction, -dot(row, direction));
      all += dot(row, row);
      off += dot(rest, rest);
    }
    return off <= RANK_ONE * RANK_ONE * all ? direction : new double[0];
  }

  /** The copy: hidden units for what was found, and one for each feature, on in all the domain. */
  Mlp network(Oracle oracle) {
    int features = box.features();
    int classes = base.value.length;
    float[][] into = new float[units.size() + features][features];
    float[] offsets = new float[into.length];
    float[][] out = new float[classes][into.length];
    float[] bias = new float[classes];
    double[] constant = base.value.clone();
    for (int u = 0; u < units.size(); u++) {
      Unit unit = units.get(u);
      double offset = unit.offset;
      for (int j = 0; j < features; j++) {
        double weight = unit.normal[j] / box.width(j);
        into[u][j] = (float) weight;
        offset -= weight * box.domain().lower(j);
      }
      offsets[u] = (float) offset;
      for (int k = 0; k < classes; k++) {
        out[k][u] = (float) unit.jump[k];
      }
    }
    for (int j = 0; j < features; j++) {
      int carrier = units.size() + j;
      into[carrier][j] = (float) (1 / box.width(j));
      offsets[carrier] = (float) (-box.domain().lower(j) / box.width(j));
      for (int k = 0; k < classes; k++) {
        out[k][carrier] = (float) base.jacobian[k][j];
        constant[k] -= base.jacobian[k][j] * base.scaledAt[j];
      }
    }
    for (int k = 0; k < classes; k++) {
      bias[k] = (float) constant[k];
    }
    return Mlp.of(
        oracle.inputShape(),
        oracle.domain(),
        List.of(Mlp.Dense.of(into, offsets), Mlp.Dense.of(out, bias)));
  }

  private static double[] combined(double[] a, double[] b, double factor) {
    double[] sum = a.clone();
    for (int j = 0; j < sum.length; j++) {
      sum[j] += factor * b[j];
    }
    return sum;
  }

  private static double length(double[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
