package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Check;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.List;

/** Fidelity against queries while an attack goes on. */
final class Curve {
  private final Oracle oracle;
  private final Judge judge;
  private final long queriesBefore;
  private final List<Extraction.Point> points = new ArrayList<>();

  /** Begins where the oracle is, which must have something left to answer. */
  Curve(Oracle oracle, Judge judge) {
    Check.atLeast(1, oracle.remaining(), "remaining query budget");
    this.oracle = oracle;
    this.judge = judge;
    queriesBefore = oracle.queries();
  }

  void mark(Model surrogate) {
    points.add(new Extraction.Point(queries(), judge.agreement(surrogate)));
  }

  /** The result, of which the last point is to be marked already. */
  <S extends Model> Extraction<S> end(S surrogate, Extraction.Ending ending) {
    return new Extraction<>(surrogate, queries(), ending, points);
  }

  private long queries() {
    return oracle.queries() - queriesBefore;
  }
}
