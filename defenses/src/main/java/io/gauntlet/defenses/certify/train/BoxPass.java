package io.gauntlet.defenses.certify.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Boxes on their way through a network to its last layer, and the derivative of a loss by all of
 * them on its way back. What else depends on the ends of the boxes that enter the ReLUs adds its
 * share to {@link #byEnds} before that.
 */
final class BoxPass {
  private final Weights weights;
  private final List<Boxes> entering = new ArrayList<>(); // each layer
  private final List<Boxes> leaving = new ArrayList<>(); // each layer but the last
  private final List<EndSlopes> byEnds = new ArrayList<>();

  /** Derivatives by the lower and the upper ends of some boxes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record EndSlopes(float[][] byLower, float[][] byUpper) {}

  BoxPass(Weights weights, Boxes inputs) {
    this.weights = weights;
    entering.add(inputs);
    for (int k = 0; k < weights.hidden(); k++) {
      Boxes boxes = entering.get(k).through(weights.layers().get(k));
      leaving.add(boxes);
      entering.add(boxes.rectified());
      byEnds.add(
          new EndSlopes(
              new float[boxes.features()][boxes.rows()],
              new float[boxes.features()][boxes.rows()]));
    }
  }

  Weights weights() {
    return weights;
  }

  Boxes inputs() {
    return entering.get(0);
  }

  /** What a layer gives to the ReLU behind it. */
  Boxes leaving(int layer) {
    return leaving.get(layer);
  }

  /** Derivatives by that. */
  EndSlopes byEnds(int layer) {
    return byEnds.get(layer);
  }

  /** What the last layer takes. */
  Boxes last() {
    return entering.get(weights.hidden());
  }

  /**
   * Adds to the slopes of all layers but the last.
   *
   * @param byCentre derivatives by the centres of what the last layer takes; taken over
   * @param byRadius and by the radii
   */
  void back(float[][] byCentre, float[][] byRadius, Slopes slopes) {
    float[][] centres = byCentre;
    float[][] radii = byRadius;
    for (int k = weights.hidden() - 1; k >= 0; k--) {
      throughRelu(leaving.get(k), byEnds.get(k), centres, radii);
      slopes.of(k).add(centres, entering.get(k).centres());
      slopes.of(k).addAbsolute(radii, entering.get(k).radii());
      if (k > 0) {
        Weights.Linear layer = weights.layers().get(k);
        centres = layer.map().applyTransposed(layer.weights(), centres);
        radii = layer.map().applyTransposed(layer.absolute(), radii);
      }
    }
  }

  /** Derivatives by what leaves a ReLU become those by what enters it, in place. */
  private static void throughRelu(
      Boxes before, EndSlopes ends, float[][] byCentre, float[][] byRadius) {
    for (int j = 0; j < byCentre.length; j++) {
      for (int i = 0; i < byCentre[j].length; i++) {
        float byLower = ends.byLower[j][i];
        float byUpper = ends.byUpper[j][i];
        if (before.lower(j, i) > 0) {
          byLower += (byCentre[j][i] - byRadius[j][i]) / 2;
        }
        if (before.upper(j, i) > 0) {
          byUpper += (byCentre[j][i] + byRadius[j][i]) / 2;
        }
        byCentre[j][i] = byLower + byUpper;
        byRadius[j][i] = byUpper - byLower;
      }
    }
  }
}
