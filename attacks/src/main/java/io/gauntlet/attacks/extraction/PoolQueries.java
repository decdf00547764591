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
    for (int round = 0; round < schedule.rounds(); round++) {
      int until = (int) ((long) affordable * (round + 1) / schedule.rounds());
      int count = until - bought.inputs().rows();
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
    return curve.end(surrogate, affordable < pool.count() ? Ending.BUDGET_SPENT : Ending.COMPLETE);
  }

  /** Refuses what cannot be asked or learnt. */
  static void check(Oracle oracle, TrainableModel surrogate, Examples pool) {
    Check.atLeast(1, pool.count(), "number of examples in the pool");
    requireEqual("input sizes", oracle.inputShape().size(), surrogate.inputShape().size());
    requireEqual("class counts", oracle.classes(), surrogate.classes());
    requireEqual("input sizes", oracle.inputShape().size(), pool.inputs().width());
    oracle.domain().check(pool.inputs());
  }

  private static void requireEqual(String what, int ofVictim, int other) {
    if (ofVictim != other) {
      throw new IllegalArgumentException(
          "victim, surrogate and pool must have equal %s, but they were %s and %s"
              .formatted(what, ofVictim, other));
    }
  }
}
