package io.gauntlet.attacks.extraction;

import io.gauntlet.data.Examples;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.function.UnaryOperator;

/**
 * Trains a surrogate on what the victim answers to natural inputs, which need not be of the
 * victim's own kind.
 *
 * <p>Follows Orekondy, Schiele, Fritz: <a href="https://arxiv.org/abs/1812.02766">Knockoff Nets:
 * Stealing Functionality of Black-Box Models</a>, CVPR 2019. Differs from it in three ways. The
 * surrogate is trained on after every round instead of once at the end, so that there is a curve.
 * No input is asked about twice. The adaptive strategy weighs its actions anew after each round
 * instead of after each query.
 *
 * <p>The adaptive strategy reads the labels of the pool: they are its actions.
 *
 * @param strategy which inputs to ask about
 * @param schedule how asking and training take turns; the adaptive strategy lives from many rounds
 */
public record KnockoffNets(Strategy strategy, Schedule schedule) implements Imitation {
  /** Which inputs of the pool to ask about. */
  public enum Strategy {
    /** Any. */
    RANDOM,
    /**
     * Those of the pool's classes that have paid: a gradient bandit rewarded where the victim is
     * certain, where its answers are diverse, and where the surrogate is wrong.
     */
    ADAPTIVE
  }

  /** Random inputs, in ten rounds. */
  public static KnockoffNets standard() {
    return new KnockoffNets(Strategy.RANDOM, Schedule.standard());
  }

  /** The same with another strategy. */
  public KnockoffNets withStrategy(Strategy newStrategy) {
    return new KnockoffNets(newStrategy, schedule);
  }

  /** The same on another schedule. */
  public KnockoffNets withSchedule(Schedule newSchedule) {
    return new KnockoffNets(strategy, newSchedule);
  }

  @Override
  public <S extends TrainableModel> Extraction<S> extract(
      Oracle oracle, S surrogate, Examples pool, Judge judge, Seed seed) {
    PoolQueries.check(oracle, surrogate, pool);
    int[] order = seed.derive(-1).permutation(pool.count());
    Selection selection =
        switch (strategy) {
          case RANDOM -> Selection.inOrder(order);
          case ADAPTIVE -> new Bandit(pool.labels(), order, seed.derive(-2).forExample(0));
        };
    return new PoolQueries(schedule, UnaryOperator.identity())
        .run(oracle, surrogate, pool, selection, judge, seed);
  }
}
