package io.gauntlet.attacks.extraction;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;

/**
 * Finds the leaves of a decision tree, one from another across the faces of its box.
 *
 * <p>Follows Tramèr, Zhang, Juels, Reiter, Ristenpart: <a
 * href="https://arxiv.org/abs/1609.02943">Stealing Machine Learning Models via Prediction APIs</a>,
 * USENIX Security 2016. Needs axis-parallel splits and a score vector of its own for each leaf,
 * which is how a leaf is told from another; neighbours that answer alike are taken for one. The
 * inputs that reach a leaf are a box, so that along one feature it is left once in each direction:
 * bisection finds where. Just outside lies another leaf; whoever asks there, for every face of
 * every leaf, comes through the whole tree. Differs from the paper in three ways: thresholds are
 * found to the last bit of a float instead of to a chosen precision; those already known are tried
 * first, since leaves share them; and a line need not be searched to its end. A feature of few
 * legal values is searched like any other: inputs in between must be allowed.
 *
 * <p>Costs up to 32 queries for a new threshold and, for one already known, two and the logarithm
 * of their number, for each of the 2 d faces of every leaf; one where the leaf reaches the end of
 * the domain.
 *
 * @param checks random inputs that the copy must answer to the bit like the victim before it counts
 *     as complete; 0 for no check; the more, the smaller the part of the domain that can be wrong
 */
public record PathFinding(int checks) implements Reconstruction<StolenTree> {
  /** Checks the number. */
  public PathFinding {
    Check.atLeast(0, checks, "checks");
  }

  /** A hundred checks. */
  public static PathFinding standard() {
    return new PathFinding(100);
  }

  /** The same with another number of checks. */
  public PathFinding withChecks(int newChecks) {
    return new PathFinding(newChecks);
  }

  @Override
  public Extraction<StolenTree> extract(Oracle oracle, Judge judge, Seed seed) {
    oracle.requireScores("path finding");
    Curve curve = new Curve(oracle, judge);
    LeafSearch search = new LeafSearch(oracle);
    Ending ending;
    try {
      for (int milestone = 1; search.findNext(); ) {
        if (search.found() == milestone) {
          curve.mark(search.tree());
          milestone *= 2;
        }
      }
      ending = holds(oracle, search.tree(), seed) ? Ending.COMPLETE : Ending.MISFIT;
    } catch (QueryBudgetException spent) {
      ending = Ending.BUDGET_SPENT;
    }
    StolenTree copy = search.tree();
    curve.mark(copy);
    return curve.end(copy, ending);
  }

  private boolean holds(Oracle oracle, StolenTree copy, Seed seed) {
    if (checks == 0) {
      return true;
    }
    Batch inputs = Box.of(oracle).sample(checks, seed.forExample(0));
    return oracle.ask(inputs).buffer().equals(copy.logits(inputs).buffer());
  }
}
