package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Arrays;
import java.util.List;

/**
 * Jacobian-based saliency map attack: moves, pair by pair, the two features that raise the logit of
 * the wanted class most while they lower the sum of the others.
 *
 * <p>Follows Papernot, McDaniel, Jha, Fredrikson, Celik, Swami: <a
 * href="https://arxiv.org/abs/1511.07528">The Limitations of Deep Learning in Adversarial
 * Settings</a>, EuroS&amp;P 2016, algorithm 3, with the saliency of whole pairs. Differs from it in
 * five ways. Without a target, the wanted class is the best but the label, chosen anew for every
 * pair. Each feature goes up or down, whatever is more salient, instead of one direction for all.
 * What counts is the derivative times the way a feature has to its bound, not the derivative alone.
 * Where no pair both raises and lowers, the one that lifts the difference most moves. The best of
 * all pairs is found without looking at each: memory grows with the features, time little faster,
 * neither with their square.
 *
 * <p>Greedy: a moved feature is never restored, and two at a time may be one too many.
 *
 * @param theta how far a feature moves, as a share of its range; 1 takes it to its bound; positive,
 *     at most 1
 * @param gamma share of the features that may change where theta is 1; smaller steps may be as many
 *     times more; positive, at most 1
 */
public record Jsma(float theta, float gamma) implements Attack<DifferentiableModel> {
  /** Checks the hyperparameters. */
  public Jsma {
    checkShare(theta, "theta");
    checkShare(gamma, "gamma");
  }

  private static void checkShare(float share, String name) {
    if (!(Check.positive(share, name) <= 1)) {
      throw new IllegalArgumentException(name + " must be at most 1, but was " + share);
    }
  }

  /** Features to their bound, 14.5 % of them at most. */
  public static Jsma standard() {
    return new Jsma(1, 0.145f);
  }

  /** Same attack that moves features by another share of their range. */
  public Jsma withTheta(float newTheta) {
    return new Jsma(newTheta, gamma);
  }

  /** Same attack that may move more or fewer features. */
  public Jsma withGamma(float newGamma) {
    return new Jsma(theta, newGamma);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l0());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    int pairs = (int) Math.ceil(gamma * model.inputShape().size() / (2 * theta));
    Closest closest = new Closest(allowed, goal);
    Batch x = allowed.clean();
    for (int pair = 0; pair < pairs && x.rows() > 0; pair++) {
      try (ForwardPass pass = model.forward(x)) {
        Batch logits = x.answeredBy(pass.logits());
        boolean[] done = closest.offer(x, logits);
        ClassPairs classes = ClassPairs.of(logits, goal, 0);
        Batch wanted = x.answeredBy(pass.backward(onlyOrAllBut(classes, logits, true)));
        Batch others = x.answeredBy(pass.backward(onlyOrAllBut(classes, logits, false)));
        Batch moved = move(x, wanted, others, model.domain(), done);
        x = moved.select(open(moved, allowed, done));
      }
    }
    if (x.rows() > 0) {
      closest.offer(x, model.logits(x));
    }
    return closest.batch();
  }

  private static Batch onlyOrAllBut(ClassPairs classes, Batch logits, boolean only) {
    return logits.editRows(
        (i, z) -> {
          Arrays.fill(z, only ? 0 : 1);
          z[classes.to(i)] = only ? 1 : 0;
        });
  }

  /** Moves the most salient pair of each row; a row without one is {@code done}. */
  private Batch move(Batch x, Batch wanted, Batch others, Domain domain, boolean[] done) {
    float[] rise = new float[2 * x.width()];
    float[] fall = new float[rise.length];
    return x.editRows(
        (i, values) -> {
          for (int move = 0; move < rise.length; move++) {
            int j = move >> 1;
            float way = moved(values[j], move, domain) - values[j];
            rise[move] = way == 0 ? Float.NaN : way * wanted.get(i, j);
            fall[move] = -way * others.get(i, j);
          }
          SalientPair pair = SalientPair.of(rise, fall);
          done[i] |= !pair.isSalient();
          if (!done[i]) {
            values[pair.first() >> 1] = moved(values[pair.first() >> 1], pair.first(), domain);
            values[pair.second() >> 1] = moved(values[pair.second() >> 1], pair.second(), domain);
          }
        });
  }

  private float moved(float value, int move, Domain domain) {
    int j = move >> 1;
    float step = theta * (domain.upper(j) - domain.lower(j));
    return domain.clip(j, (move & 1) == 1 ? value - step : value + step);
  }

  /** Rows worth another pair: a feature once changed stays so, and too many are no success. */
  private static int[] open(Batch x, Neighbourhood allowed, boolean[] done) {
    return x.rowsWhere(i -> !done[i] && allowed.distance(x, i) <= allowed.radius());
  }

  @Override
  public String title() {
    return "JSMA";
  }
}
