package io.gauntlet.attacks.extraction;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.function.UnaryOperator;

/**
 * Asks about those inputs of a pool that teach the surrogate most.
 *
 * <p>Follows Pal, Gupta, Shukla, Kanade, Shevade, Ganapathy: <a
 * href="https://arxiv.org/abs/2002.02783">ActiveThief: Model Extraction Using Active Learning and
 * Unannotated Public Data</a>, AAAI 2020. The first round is random. Differs from it in two ways:
 * the surrogate keeps its weights from round to round instead of being trained afresh, and margins
 * are a criterion too.
 *
 * @param criterion what makes an input worth a question
 * @param schedule how asking and training take turns; at least 2 rounds, for the first is random
 */
public record ActiveLearning(Criterion criterion, Schedule schedule) implements Imitation {
  /** What makes an input worth a question. */
  public enum Criterion {
    /** The entropy of the surrogate's probabilities is large. */
    ENTROPY,
    /** The surrogate's two likeliest classes are nearly equally likely. */
    MARGIN,
    /**
     * The surrogate's probabilities are far from those of every input asked about: the greedy
     * k-center of Sener, Savarese, ICLR 2018.
     */
    K_CENTER
  }

  /** Checks that there is something to choose by. */
  public ActiveLearning {
    Check.atLeast(2, schedule.rounds(), "rounds of active learning");
  }

  /** Small margins, in ten rounds. */
  public static ActiveLearning standard() {
    return new ActiveLearning(Criterion.MARGIN, Schedule.standard());
  }

  /** The same by another criterion. */
  public ActiveLearning withCriterion(Criterion newCriterion) {
    return new ActiveLearning(newCriterion, schedule);
  }

  /** The same on another schedule. */
  public ActiveLearning withSchedule(Schedule newSchedule) {
    return new ActiveLearning(criterion, newSchedule);
  }

  @Override
  public <S extends TrainableModel> Extraction<S> extract(
      Oracle oracle, S surrogate, Examples pool, Judge judge, Seed seed) {
    PoolQueries.check(oracle, surrogate, pool);
    int[] order = seed.derive(-1).permutation(pool.count());
    Selection selection =
        switch (criterion) {
          case ENTROPY -> new Uncertainty(pool.inputs(), order, Uncertainty::entropy);
          case MARGIN -> new Uncertainty(pool.inputs(), order, Uncertainty::closeness);
          case K_CENTER -> new KCenter(pool.inputs(), order);
        };
    return new PoolQueries(schedule, UnaryOperator.identity())
        .run(oracle, surrogate, pool, selection, judge, seed);
  }
}
