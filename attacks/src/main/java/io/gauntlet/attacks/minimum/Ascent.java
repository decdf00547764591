package io.gauntlet.attacks.minimum;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.Norm;

/**
 * Plain gradient steps of a given length, which a projection onto ball and domain has to follow.
 */
final class Ascent {
  private Ascent() {}

  /**
   * Each row of {@code gradient} scaled to its Euclidean length; zero stays zero. Features that
   * cannot move are not left out: what projection takes away holds the others in their place.
   */
  static Batch along(Batch gradient, double[] lengths) {
    return gradient.editRows(
        (i, g) -> {
          double size = Norm.l2().of(g);
          double factor = size == 0 ? 0 : lengths[i] / size;
          for (int j = 0; j < g.length; j++) {
            g[j] = (float) (g[j] * factor);
          }
        });
  }
}
