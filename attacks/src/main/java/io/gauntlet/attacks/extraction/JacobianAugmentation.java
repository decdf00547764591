package io.gauntlet.attacks.extraction;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.Arrays;

/**
 * Grows a handful of inputs by steps along the surrogate's Jacobian, to where it changes most.
 *
 * <p>Follows Papernot, McDaniel, Goodfellow, Jha, Celik, Swami: <a
 * href="https://arxiv.org/abs/1602.02697">Practical Black-Box Attacks against Machine Learning</a>,
 * Asia CCS 2017: each round adds, for inputs known so far, a step of {@code lambda * sign(gradient
 * of the logit of the label that the victim gave)}, and asks about it. Uses labels only. Steps turn
 * round every {@code period} rounds, as in Papernot, McDaniel, Goodfellow: <a
 * href="https://arxiv.org/abs/1605.07277">Transferability in Machine Learning</a>, 2016.
 *
 * <p>Differs from the papers in four ways. The first steps go down the logit, to where the victim
 * may change its mind, as in the authors' CleverHans; upwards they find little that is new. The
 * surrogate keeps its weights from round to round, as there. At most {@code growth} inputs, drawn
 * at random, are stepped from in a round, which is the papers' reservoir from the first round on.
 * Steps end at the bounds of the domain.
 *
 * @param initial inputs of the pool to begin with; at least 1, or all where there are fewer
 * @param lambda length of a step, in input units; finite, positive
 * @param period rounds of steps down the logit, after which as many go up, and so on; at least 1
 * @param growth most inputs added in a round; at least 1
 * @param schedule how often to grow, and how to train before each time and after the last
 */
public record JacobianAugmentation(
    int initial, float lambda, int period, int growth, Schedule schedule) implements Imitation {
  /** Checks the hyperparameters. */
  public JacobianAugmentation {
    Check.atLeast(1, initial, "initial");
    Check.positive(lambda, "lambda");
    Check.atLeast(1, period, "period");
    Check.atLeast(1, growth, "growth");
  }

  /**
   * The papers' for MNIST: 150 inputs, six rounds of ten epochs, steps of 0.1 that turn round every
   * three rounds, 400 at a time.
   */
  public static JacobianAugmentation standard() {
    return new JacobianAugmentation(150, 0.1f, 3, 400, Schedule.standard().withRounds(6));
  }

  /** The same from another number of inputs. */
  public JacobianAugmentation withInitial(int newInitial) {
    return new JacobianAugmentation(newInitial, lambda, period, growth, schedule);
  }

  /** The same with longer or shorter steps. */
  public JacobianAugmentation withLambda(float newLambda) {
    return new JacobianAugmentation(initial, newLambda, period, growth, schedule);
  }

  /** The same with steps that turn round more or less often. */
  public JacobianAugmentation withPeriod(int newPeriod) {
    return new JacobianAugmentation(initial, lambda, newPeriod, growth, schedule);
  }

  /** The same with another limit to what a round adds. */
  public JacobianAugmentation withGrowth(int newGrowth) {
    return new JacobianAugmentation(initial, lambda, period, newGrowth, schedule);
  }

  /** The same on another schedule. */
  public JacobianAugmentation withSchedule(Schedule newSchedule) {
    return new JacobianAugmentation(initial, lambda, period, growth, newSchedule);
  }

  @Override
  public <S extends TrainableModel> Extraction<S> extract(
      Oracle oracle, S surrogate, Examples pool, Judge judge, Seed seed) {
    PoolQueries.check(oracle, surrogate, pool);
    Curve curve = new Curve(oracle, judge);
    TransferSet bought = new TransferSet(pool.inputs().width(), oracle.classes());
    try {
      buy(oracle, bought, chosen(pool.inputs(), initial, oracle, seed.derive(-1)));
      for (int round = 0; ; round++) {
        bought.teach(surrogate, schedule, seed.derive(round));
        curve.mark(surrogate);
        if (oracle.remaining() == 0) {
          return curve.end(surrogate, Ending.BUDGET_SPENT);
        }
        if (round == schedule.rounds()) {
          return curve.end(surrogate, Ending.COMPLETE);
        }
        Batch origins = chosen(bought.inputs(), growth, oracle, seed.derive(-2 - round));
        float step = round / period % 2 == 0 ? -lambda : lambda;
        buy(oracle, bought, stepped(surrogate, oracle, origins, bought.probabilities(), step));
      }
    } catch (QueryBudgetException spentOnRetries) {
      curve.mark(surrogate);
      return curve.end(surrogate, Ending.BUDGET_SPENT);
    }
  }

  /** As many rows as are wanted, there and affordable. */
  private static Batch chosen(Batch inputs, int wanted, Oracle oracle, Seed seed) {
    int count = (int) Math.min(oracle.remaining(), Math.min(wanted, inputs.rows()));
    return inputs.select(Arrays.copyOf(seed.permutation(inputs.rows()), count));
  }

  private static void buy(Oracle oracle, TransferSet bought, Batch inputs) {
    bought.add(inputs, new Disclosure.LabelOnly().reveal(oracle.ask(inputs)));
  }

  private static Batch stepped(
      TrainableModel surrogate, Oracle oracle, Batch origins, Batch labels, float step) {
    try (ForwardPass pass = surrogate.forward(origins)) {
      Batch ofLabel =
          pass.logits()
              .editRows(
                  (i, weights) -> {
                    Arrays.fill(weights, 0);
                    weights[labels.argmax(labels.rowOf(origins.example(i)))] = 1;
                  });
      Batch slopes = pass.backward(ofLabel);
      return origins.editRows(
          (i, x) -> {
            for (int j = 0; j < x.length; j++) {
              x[j] = oracle.domain().clip(j, x[j] + step * Math.signum(slopes.get(i, j)));
            }
          });
    }
  }
}
