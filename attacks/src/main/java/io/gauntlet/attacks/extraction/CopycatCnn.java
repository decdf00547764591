package io.gauntlet.attacks.extraction;

import io.gauntlet.data.Examples;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;

/**
 * Trains a surrogate on nothing but the labels that the victim gives to natural inputs.
 *
 * <p>Follows Correia-Silva, Berriel, Badue, de Souza, Oliveira-Santos: <a
 * href="https://arxiv.org/abs/1806.05476">Copycat CNN: Stealing Knowledge by Persuading Confession
 * with Random Non-Labeled Data</a>, IJCNN 2018. Differs from it in two ways: the surrogate is
 * trained on after every round instead of once at the end, so that there is a curve, and the pool
 * is not augmented. Scores that the victim reveals are not used.
 *
 * @param schedule how asking and training take turns
 */
public record CopycatCnn(Schedule schedule) implements Imitation {
  /** Ten rounds. */
  public static CopycatCnn standard() {
    return new CopycatCnn(Schedule.standard());
  }

  /** The same on another schedule. */
  public CopycatCnn withSchedule(Schedule newSchedule) {
    return new CopycatCnn(newSchedule);
  }

  @Override
  public <S extends TrainableModel> Extraction<S> extract(
      Oracle oracle, S surrogate, Examples pool, Judge judge, Seed seed) {
    PoolQueries.check(oracle, surrogate, pool);
    Selection selection = Selection.inOrder(seed.derive(-1).permutation(pool.count()));
    return new PoolQueries(schedule, new Disclosure.LabelOnly()::reveal)
        .run(oracle, surrogate, pool, selection, judge, seed);
  }
}
