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
 * Asia CCS 2017: each round adds, for inputs known so far, {@code x + lambda * sign(gradient of the
 * logit of the label that the victim gave)}, and asks about it. Uses labels only. Differs from the
 * paper in three ways: the surrogate keeps its weights from round to round; at most {@code growth}
 * inputs, drawn at random, are stepped from in a round, which is the paper's reservoir from the
 * first round on; and steps end at the bounds of the domain.
 *
 * @param initial inputs of the pool to begin with; at least 1, or all where there are fewer
 * @param lambda length of a step, in input units; finite, positive
 * @param growth most inputs added in a round; at least 1
 * @param schedule how often to grow, and how to train before each time and after the last
 */
public record JacobianAugmentation(int initial, float lambda, int growth, Schedule schedule)
    implements Imitation {
  /** Checks the hyperparameters. */
  public JacobianAugmentation {
    Check.atLeast(1, initial, "initial");
    Check.positive(lambda, "lambda");
    Check.atLeast(1, growth, "growth");
  }

  /** The paper's for MNIST: 150 inputs, six rounds of ten epochs, steps of 0.1, 400 at a time. */
  public static JacobianAugmentation standard() {
    return new JacobianAugmentation(150, 0.1f, 400, Schedule.standard().withRounds(6));
  }

  /** The same from another number of inputs. */
  public JacobianAugmentation withInitial(int newInitial) {
    return new JacobianAugmentation(newInitial, lambda, growth, schedule);
  }

  /** The same with longer or shorter steps. */
  public JacobianAugmentation withLambda(float newLambda) {
    return new JacobianAugmentation(initial, newLambda, growth, schedule);
  }

  /** The same with another limit to what a round adds. */
  public JacobianAugmentation withGrowth(int newGrowth) {
    return new JacobianAugmentation(initial, lambda, newGrowth, schedule);
  }

  /** The same on another schedule. */
  public JacobianAugmentation withSchedule(Schedule newSchedule) {
    return new JacobianAugmentation(initial, lambda, growth, newSchedule);
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
        buy(oracle, bought, stepped(surrogate, oracle, origins, bought.probabilities()));
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

  private Batch stepped(TrainableModel surrogate, Oracle oracle, Batch origins, Batch labels) {
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
              x[j] = oracle.domain().clip(j, x[j] + lambda * Math.signum(slopes.get(i, j)));
            }
          });
    }
  }
}
