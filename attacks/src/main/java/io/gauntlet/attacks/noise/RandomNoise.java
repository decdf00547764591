package io.gauntlet.attacks.noise;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/**
 * Uniform noise: the worst of several points drawn from the ball.
 *
 * <p>The baseline every other attack has to beat. Stops at the first draw that fools.
 *
 * @param draws points tried for each example; at least 1
 */
public record RandomNoise(int draws) implements Attack<Model> {
  /** Checks the number of draws. */
  public RandomNoise {
    Check.atLeast(1, draws, "draws");
  }

  /** One hundred draws. */
  public static RandomNoise standard() {
    return new RandomNoise(100);
  }

  /** Same attack with another number of draws. */
  public RandomNoise withDraws(int newDraws) {
    return new RandomNoise(newDraws);
  }

  @Override
  public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
    Incumbent best = new Incumbent(allowed.clean(), goal);
    for (int draw = 0; draw < draws; draw++) {
      Batch x = best.unsettled(allowed.sample(seed.derive(draw)));
      if (x.rows() == 0) {
        break;
      }
      best.offer(x, model.logits(x));
    }
    return best.batch();
  }

  @Override
  public String title() {
    return "Noise";
  }
}
