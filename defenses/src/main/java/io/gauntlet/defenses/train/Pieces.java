package io.gauntlet.defenses.train;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.stream.IntStream;

/** A batch is attacked in pieces, at once where the model allows it: that is most of the work. */
final class Pieces {
  private Pieces() {}

  /**
   * What {@code attack} makes of the batch. The cuts depend on the model's preferred batch only, so
   * that any number of cores gives the same numbers.
   */
  static <M extends Model> Batch perturb(
      Attack<? super M> attack, M model, Neighbourhood allowed, Goal goal, Seed seed) {
    Concurrency concurrency = model.concurrency();
    int most = concurrency.preferredBatch();
    int rows = allowed.clean().rows();
    IntStream starts = IntStream.iterate(0, from -> from < rows, from -> from + most);
    return Batch.concat(
        (concurrency.workers() > 1 ? starts.boxed().toList().parallelStream() : starts.boxed())
            .map(from -> IntStream.range(from, Math.min(rows, from + most)).toArray())
            .map(piece -> attack.perturb(model, allowed.select(piece), goal, seed))
            .toList());
  }
}
