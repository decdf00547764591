package io.gauntlet.attacks.score;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Square attack: random search that repaints one square at a time and keeps what raises the margin;
 * needs scores, but no gradients.
 *
 * <p>Follows Andriushchenko, Croce, Flammarion, Hein: <a
 * href="https://arxiv.org/abs/1912.00049">Square Attack: a query-efficient black-box adversarial
 * attack via random search</a>, ECCV 2020; under L1 as in the authors' AutoAttack. Differs from the
 * authors' code in three ways. Every example draws its own squares. A square may touch the right
 * and lower border, and in a narrow image is cut to a rectangle of the same area; images smaller
 * than five pixels work too. Features without an order (an input shape of one axis) are repainted
 * in random subsets of the same size, each with its own sign.
 *
 * @param queries proposals per run and example, after the first painting; at least 1
 * @param share of the pixels that the first squares cover; in (0, 1]
 * @param horizon the paper's schedule shrinks the squares over 10,000 queries; this number of
 *     queries stands for them here; at least 1
 * @param restarts independent runs; at least 1
 */
public record Square(int queries, float share, int horizon, int restarts) implements Attack<Model> {
  private static final int PAPER_HORIZON = 10_000;
  private static final int[] SHRINKS_AFTER = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

  /** Checks the hyperparameters. */
  public Square {
    Check.atLeast(1, queries, "queries");
    Check.positive(share, "share");
    if (share > 1) {
      throw new IllegalArgumentException("share must be at most 1, but was " + share);
    }
    Check.atLeast(1, horizon, "horizon");
    Check.atLeast(1, restarts, "restarts");
  }

  /** As in AutoAttack: 5,000 queries, the first squares cover 0.8 of the image. */
  public static Square standard() {
    return new Square(5000, 0.8f, PAPER_HORIZON, 1);
  }

  /** Same attack with another number of queries; the squares shrink as before. */
  public Square withQueries(int newQueries) {
    return new Square(newQueries, share, horizon, restarts);
  }

  /** Same attack whose first squares cover another share of the pixels. */
  public Square withShare(float newShare) {
    return new Square(queries, newShare, horizon, restarts);
  }

  /** Same attack whose squares shrink faster or slower. */
  public Square withHorizon(int newHorizon) {
    return new Square(queries, share, newHorizon, restarts);
  }

  /** Same attack with another number of independent runs. */
  public Square withRestarts(int newRestarts) {
    return new Square(queries, share, horizon, newRestarts);
  }

  @Override
  public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
    Brush brush = Brush.of(Canvas.of(model.inputShape()), allowed);
    LogitLoss margin = goal.loss(Objective.MARGIN);
    Incumbent best = new Incumbent(allowed.clean(), goal);
    for (int restart = 0; restart < restarts; restart++) {
      RandomGenerator[] random = generators(allowed.clean(), seed.derive(restart));
      Batch x = allowed.project(brush.first(best.unsettled(allowed.clean()), random));
      if (x.rows() == 0) {
        break;
      }
      Batch logits = x.answeredBy(model.logits(x));
      best.offer(x, logits);
      Batch margins = margin.values(logits);
      for (int query = 0; query < queries; query++) {
        int[] open = best.open(x);
        if (open.length == 0) {
          break;
        }
        if (open.length < x.rows()) {
          x = x.select(open);
          margins = margins.select(open);
        }
        Batch tried = allowed.project(brush.next(x, covered(query), random));
        logits = tried.answeredBy(model.logits(tried));
        best.offer(tried, logits);
        Batch triedMargins = margin.values(logits);
        x = better(x, margins, tried, triedMargins);
        margins = better(margins, margins, triedMargins, triedMargins);
      }
    }
    return best.batch();
  }

  /** Row by row that of the larger margin, the first among equals. */
  private static Batch better(Batch one, Batch margins, Batch other, Batch otherMargins) {
    return one.editRows(
        (i, row) -> {
          if (otherMargins.get(i, 0) > margins.get(i, 0)) {
            other.copyRow(i, row);
          }
        });
  }

  /** Share of the pixels that a square covers at this query. */
  private float covered(int query) {
    double scaled = (double) query * PAPER_HORIZON / horizon;
    float covered = share;
    for (int after : SHRINKS_AFTER) {
      covered = scaled > after ? covered / 2 : covered;
    }
    return covered;
  }

  private static RandomGenerator[] generators(Batch clean, Seed seed) {
    RandomGenerator[] random = new RandomGenerator[clean.rows()];
    for (int i = 0; i < random.length; i++) {
      random[i] = seed.forExample(clean.example(i));
    }
    return random;
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.linf(), Norm.l2(), Norm.l1());
  }

  @Override
  public String title() {
    return "Square";
  }
}
