package io.gauntlet.attacks.extraction;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.function.UnaryOperator;

/**
 * The loop that all attacks with a pool of inputs share: choose, ask, train, measure; until the
 * pool or the budget is used up.
 *
 * @param schedule how asking and training take turns
 * @param use what of an answer the surrogate is trained on
 */
record PoolQueries(Schedule schedule, UnaryOperator<Batch> use) {
  <S extends TrainableModel> Extraction<S> run(
      Oracle oracle, S surrogate, Examples pool, Selection selection, Judge judge, Seed seed) {
    Curve curve = new Curve(oracle, judge);
    TransferSet bought = new TransferSet(pool.inputs().width(), oracle.classes());
    int affordable = (int) Math.min(pool.count(), oracle.remaining());
    try {
      for (int round = 0; round < schedule.rounds(); round++) {
        int until = (int) ((long) affordable * (round + 1) / schedule.rounds());
        int count = (int) Math.min(until - bought.inputs().rows(), oracle.remaining());
        if (count > 0) {
          int[] rows = selection.next(count, surrogate);
          Batch asked = pool.inputs().select(rows);
          Batch answers = use.apply(oracle.ask(asked));
          selection.observe(rows, answers, Guesses.logits(surrogate, asked));
          bought.add(asked, answers);
          bought.teach(surrogate, schedule, seed.derive(round));
          curve.mark(surrogate);
        }
      }
    } catch (QueryBudgetException spentOnRetries) {
      curve.mark(surrogate);
    }
    boolean all = bought.inputs().rows() == pool.count();
    return curve.end(surrogate, all ? Ending.COMPLETE : Ending.BUDGET_SPENT);
  }

  /** Refuses what cannot be asked or learnt. */
  static void check(Oracle oracle, TrainableModel surrogate, Examples pool) {
    Check.atLeast(1, pool.count(), "number of examples in the pool");
    oracle.requireFit(surrogate);
    if (pool.inputs().width() != oracle.inputShape().size()) {
      throw new IllegalArgumentException(
          "the pool's inputs must have the victim's %s features, but had %s"
              .formatted(oracle.inputShape().size(), pool.inputs().width()));
    }
    oracle.domain().check(pool.inputs());
  }
}
