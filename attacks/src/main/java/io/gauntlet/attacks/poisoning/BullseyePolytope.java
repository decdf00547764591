package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.Descent.Slope;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.List;

/**
 * Surrounds the target with rightly labelled examples of the intended class, whose mean in the
 * space of features is the target, so that it lies deep within their class also for a victim whose
 * features differ a little.
 *
 * <p>Follows Aghakhani, Meng, Wang, Kruegel, Vigna: <a
 * href="https://arxiv.org/abs/2005.00191">Bullseye Polytope: A Scalable Clean-Label Poisoning
 * Attack with Improved Transferability</a>, EuroS&amp;P 2021: half the squared distance of the mean
 * from the target over the target's square, averaged over several networks. Differs from it in the
 * descent, which is steepest descent with shrinking steps instead of Adam, and in taking one target
 * view only.
 *
 * @param threat how far a poison may lie from its base; with a bound
 * @param descent how to get there
 */
public record BullseyePolytope(ThreatModel threat, Descent descent) implements Poisoning {
  /** Checks the threat. */
  public BullseyePolytope {
    Descent.requireBounded(threat);
  }

  /** Changes of up to 0.1 (Linf), as in the paper, in 400 steps. */
  public static BullseyePolytope standard() {
    return new BullseyePolytope(ThreatModel.linf(0.1f), new Descent(400, 20));
  }

  /** The same in another ball. */
  public BullseyePolytope withThreat(ThreatModel newThreat) {
    return new BullseyePolytope(newThreat, descent);
  }

  /** The same with another descent. */
  public BullseyePolytope withDescent(Descent newDescent) {
    return new BullseyePolytope(threat, newDescent);
  }

  /**
   * Puts poisons in the place of random examples of the intended class; their labels stay.
   *
   * @param networks views of features, such as those of {@link
   *     io.gauntlet.model.FeatureModel#features}: the victim's own, or stand-ins for it; at least 1
   * @param count poisons; at least 1, at most as many as the intended class has examples; the paper
   *     uses 5
   * @throws IllegalArgumentException if the target or {@code count} does not fit the examples
   */
  public Poisoned<Examples> poison(
      List<? extends DifferentiableModel> networks,
      Examples training,
      Target target,
      int count,
      Seed seed) {
    Check.atLeast(1, networks.size(), "number of networks");
    int[] rows = Planting.some(training, target.intended(), count, seed);
    Batch bases = training.inputs().select(rows);
    Neighbourhood ball = threat.around(bases, networks.get(0).domain());
    List<Bullseye> eyes =
        networks.stream().map(net -> new Bullseye(net, net.logits(target.input()))).toList();
    Batch poisons =
        descent.from(bases, ball, poison -> Slope.mean(eyes, eye -> eye.at(poison))).inputs();
    return Planting.moved(training, rows, poisons, this, seed);
  }

  /** The target's features in one network, for the poison's mean to hit. */
  private record Bullseye(DifferentiableModel network, Batch centre) {
    Slope at(Batch poison) {
      try (ForwardPass pass = network.forward(poison)) {
        Batch gap = mean(pass.logits()).minus(centre);
        double size = square(centre);
        float scale = (float) (1 / (size * poison.rows()));
        Batch byFeature =
            pass.logits()
                .editRows(
                    (i, row) -> {
                      for (int h = 0; h < row.length; h++) {
                        row[h] = scale * gap.get(0, h);
                      }
                    });
        return new Slope(square(gap) / (2 * size), pass.backward(byFeature));
      }
    }

    private static Batch mean(Batch features) {
      float[] mean = new float[features.width()];
      for (int h = 0; h < mean.length; h++) {
        double sum = 0;
        for (int i = 0; i < features.rows(); i++) {
          sum += features.get(i, h);
        }
        mean[h] = (float) (sum / features.rows());
      }
      return Batch.of(mean);
    }

    private static double square(Batch row) {
      double sum = 0;
      for (int h = 0; h < row.width(); h++) {
        sum += (double) row.get(0, h) * row.get(0, h);
      }
      return sum;
    }
  }
}
