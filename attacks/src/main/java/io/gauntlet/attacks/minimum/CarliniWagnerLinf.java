package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Arrays;
import java.util.List;

/**
 * Carlini and Wagner's Linf attack: Adam on what the changes exceed a limit by plus a constant
 * times the margin that is still lacking, for limits that follow the closest success inwards.
 *
 * <p>Follows Carlini, Wagner: <a href="https://arxiv.org/abs/1608.04644">Towards Evaluating the
 * Robustness of Neural Networks</a>, S&amp;P 2017, section VI.C. Differs from it in four ways.
 * Features at a bound of the domain keep a slope, as in {@link CarliniWagnerL2}. An example whose
 * loss is solved leaves the round by itself, not when all are. After a round without a closer
 * success the constant is doubled, as in the paper, and the limit goes back half of the way to the
 * closest one. And it ends with the largest constant, not with a finest limit, so that small
 * distances are searched as well.
 *
 * <p>Costs {@code rounds * steps} passes each way at most, usually a fifth of it.
 *
 * @param rounds limits to try for each example; at least 1
 * @param steps of Adam in each round, fewer if the loss is solved; at least 1
 * @param learningRate of Adam, in the variables whose tanh the input is, roughly in half-widths of
 *     the domain; finite, positive
 * @param initialConstant weight of the lacking margin to begin with; an example ends with 20;
 *     finite, positive
 * @param decrease next limit as a share of the closest success; above 0, below 1
 */
public record CarliniWagnerLinf(
    int rounds, int steps, float learningRate, float initialConstant, float decrease)
    implements Attack<DifferentiableModel> {

  /** Checks the hyperparameters. */
  public CarliniWagnerLinf {
    Check.atLeast(1, rounds, "rounds");
    Check.atLeast(1, steps, "steps");
    Check.positive(learningRate, "learningRate");
    Check.positive(initialConstant, "initialConstant");
    if (!(decrease > 0 && decrease < 1)) {
      throw new IllegalArgumentException("decrease must lie between 0 and 1, but was " + decrease);
    }
  }

  /** The authors': up to 1000 steps of 0.01 a round, constants from 0.00001 on, limits by 0.9. */
  public static CarliniWagnerLinf standard() {
    return new CarliniWagnerLinf(100, 1000, 0.01f, 1e-5f, 0.9f);
  }

  /** Same attack with another number of limits to try. */
  public CarliniWagnerLinf withRounds(int newRounds) {
    return new CarliniWagnerLinf(newRounds, steps, learningRate, initialConstant, decrease);
  }

  /** Same attack with another number of steps in each round. */
  public CarliniWagnerLinf withSteps(int newSteps) {
    return new CarliniWagnerLinf(rounds, newSteps, learningRate, initialConstant, decrease);
  }

  /** Same attack with smaller or larger steps. */
  public CarliniWagnerLinf withLearningRate(float newLearningRate) {
    return new CarliniWagnerLinf(rounds, steps, newLearningRate, initialConstant, decrease);
  }

  /** Same attack with another constant to begin with. */
  public CarliniWagnerLinf withInitialConstant(float newInitialConstant) {
    return new CarliniWagnerLinf(rounds, steps, learningRate, newInitialConstant, decrease);
  }

  /** Same attack with limits that close in faster or slower. */
  public CarliniWagnerLinf withDecrease(float newDecrease) {
    return new CarliniWagnerLinf(rounds, steps, learningRate, initialConstant, newDecrease);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.linf());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Hinge hinge = new Hinge(goal.loss(Objective.MARGIN), 0);
    Closest closest = new Closest(allowed, goal);
    Descent descent = new Descent(model, allowed);
    for (int round = 0; round < rounds; round++) {
      Batch x = closest.unsettled(descent.begin());
      for (int step = 0; step < steps && x.rows() > 0; step++) {
        Gradient lack = model.gradient(x, hinge);
        closest.offer(x, lack.logits());
        x = closest.unsettled(descent.step(x, lack));
      }
      descent.limit(closest);
    }
    return closest.batch();
  }

  /** The limit of each example, and Adam below it. */
  private final class Descent {
    private static final float LARGEST_CONSTANT = 20;
    private static final float SOLVED = 1e-4f;

    private final Batch clean;
    private final TanhBox box;
    private final float[][] last;
    private final float[] constant;
    private final float[] limit;
    private final double[] found;
    private final float[] delta;
    private final float[] origin;
    private Adam adam;

    Descent(DifferentiableModel model, Neighbourhood allowed) {
      clean = allowed.clean();
      box = new TanhBox(model.domain(), clean);
      adam = new Adam(clean.rows(), clean.width());
      last = new float[clean.rows()][];
      for (int i = 0; i < last.length; i++) {
        last[i] = clean.row(i);
      }
      constant = new float[clean.rows()];
      Arrays.fill(constant, initialConstant);
      limit = new float[clean.rows()];
      Arrays.fill(limit, allowed.radius());
      found = new double[clean.rows()];
      Arrays.fill(found, Double.POSITIVE_INFINITY);
      delta = new float[clean.width()];
      origin = new float[clean.width()];
    }

    /** Where the round before has ended, for those who have not come to their end. */
    Batch begin() {
      adam = new Adam(clean.rows(), clean.width());
      int[] open = new int[clean.rows()];
      int count = 0;
      for (int i = 0; i < open.length; i++) {
        if (isOpen(i)) {
          open[count++] = i;
        }
      }
      return clean
          .editRows((i, x) -> System.arraycopy(last[i], 0, x, 0, x.length))
          .select(Arrays.copyOf(open, count));
    }

    private boolean isOpen(int example) {
      return limit[example] > 0 && constant[example] < LARGEST_CONSTANT;
    }

    /** The next inputs of those whose loss is not solved. */
    Batch step(Batch x, Gradient lack) {
      adam.next();
      int[] unsolved = new int[x.rows()];
      int[] count = {0};
      Batch next =
          lack.byInput()
              .editRows(
                  (i, g) -> {
                    int example = clean.rowOf(x.example(i));
                    x.copyRow(i, delta);
                    clean.copyRow(example, origin);
                    float excess = excess(example, g);
                    float lacking = constant[example] * lack.losses().get(i, 0);
                    if (excess + lacking >= SOLVED * constant[example]) {
                      unsolved[count[0]++] = i;
                      box.chain(example, g);
                      adam.descend(example, g, learningRate);
                      box.move(example, g);
                      System.arraycopy(g, 0, last[example], 0, g.length);
                    }
                  });
      return count[0] == x.rows() ? next : next.select(Arrays.copyOf(unsolved, count[0]));
    }

    /** The sum of what the changes exceed the limit by; adds its gradient. */
    private float excess(int example, float[] g) {
      float most = limit[example];
      float sum = 0;
      for (int j = 0; j < g.length; j++) {
        delta[j] -= origin[j];
        float over = delta[j] - Math.min(most, Math.max(-most, delta[j]));
        g[j] = constant[example] * g[j] + Math.signum(over);
        sum += Math.abs(over);
      }
      return sum;
    }

    /** Sets the next limits. */
    void limit(Closest closest) {
      for (int i = 0; i < limit.length; i++) {
        double now = closest.distance(clean, i);
        if (now < found[i]) {
          found[i] = now;
          limit[i] = (float) (decrease * Math.min(limit[i], now));
        } else if (isOpen(i)) {
          constant[i] *= 2;
          if (found[i] != Double.POSITIVE_INFINITY) {
            limit[i] = (float) ((limit[i] + found[i]) / 2);
          }
        }
      }
    }
  }

  @Override
  public String title() {
    return "C&W-Linf";
  }
}
