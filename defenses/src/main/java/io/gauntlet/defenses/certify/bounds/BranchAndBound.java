package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Layer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Branch and bound over ReLUs: what linear bounds leave open is cut in two at the ReLU that costs
 * them most, on in one half and off in the other, until every part is proved or an input is found
 * that refutes the claim.
 *
 * <p>Follows Bunel, Lu, Turkaslan, Torr, Kohli, Kumar: <a
 * href="https://arxiv.org/abs/1909.06588">Branch and Bound for Piecewise Linear Neural Network
 * Verification</a>, JMLR 2020, with the bounds of beta-CROWN (Wang et al.: <a
 * href="https://arxiv.org/abs/2103.06624">NeurIPS 2021</a>), each part's inner layers bounded anew.
 * A part whose ReLUs are all split is a linear program, whose dual is climbed, not solved: a margin
 * that differs from zero by less than the ascent has left stays undecided.
 *
 * @param bounds of each part
 * @param nodes parts that may be bounded for one claim, at least 1; an exhausted budget leaves the
 *     claim undecided
 * @param steps of ascent for each part; at least 0
 * @param limit of wall-clock time for one claim, positive; looked at between parts
 */
public record BranchAndBound(LinearBounds bounds, int nodes, int steps, Duration limit)
    implements Verifier {
  private static final int DESCENTS = 10;
  private static final int PATIENCE = 10; // times the steps, where nothing is left to split

  /** Checks the ranges. */
  public BranchAndBound {
    Check.atLeast(1, nodes, "nodes");
    Check.atLeast(0, steps, "steps");
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("limit must be positive, but was " + limit);
    }
  }

  /** CROWN, 1,000 parts of twenty steps each, one minute for each claim. */
  public static BranchAndBound standard() {
    return new BranchAndBound(LinearBounds.crown(), 1000, 20, Duration.ofMinutes(1));
  }

  /** With another number of parts. */
  public BranchAndBound withNodes(int newNodes) {
    return new BranchAndBound(bounds, newNodes, steps, limit);
  }

  /** With more or less ascent for each part. */
  public BranchAndBound withSteps(int newSteps) {
    return new BranchAndBound(bounds, nodes, newSteps, limit);
  }

  /** With another time for each claim. */
  public BranchAndBound withLimit(Duration newLimit) {
    return new BranchAndBound(bounds, nodes, steps, newLimit);
  }

  @Override
  public Verdict verify(Claim claim) {
    int prediction = claim.predictionOf(claim.input());
    if (prediction != claim.label()) {
      return new Verdict.Falsified(
          claim.example(), claim.label(), prediction, title(), claim.input());
    }
    return new Search(claim, Clock.systemUTC().instant().plus(limit)).verdict();
  }

  @Override
  public String title() {
    return "BaB";
  }

  /** A part of the region, by what is known of it. */
  private record Part(Splits splits, Lagrangian.Bound bound) {}

  /** What came of one class: the least margin, or an input that beats it. */
  private record Result(double margin, Optional<Batch> counterexample) {}

  private final class Search {
    private final Claim claim;
    private final Instant end;
    private final Backward root;
    private final double[] drifts;
    private int left = nodes;

    Search(Claim claim, Instant end) {
      this.claim = claim;
      this.end = end;
      root = bounds.backward(claim);
      drifts = claim.drifts(root.boxes());
    }

    Verdict verdict() {
      int classes = drifts.length;
      double[] known = root.lower(claim.weighed().steps(), claim.marginForms(), classes);
      double least = Double.POSITIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        if (c == claim.label()) {
          continue;
        }
        double drift = drifts[claim.label()] + drifts[c];
        double margin = known[c] - drift;
        if (margin <= 0) {
          Result result = against(c, drift);
          if (result.counterexample().isPresent()) {
            return falsified(result.counterexample().get());
          }
          margin = result.margin();
        }
        least = Math.min(least, margin);
      }
      return least > 0
          ? new Verdict.Certified(claim.example(), claim.label(), title(), least)
          : new Verdict.Undecided(claim.example(), claim.label(), title(), least);
    }

    private Verdict falsified(Batch counterexample) {
      return new Verdict.Falsified(
          claim.example(),
          claim.label(),
          claim.predictionOf(counterexample),
          title(),
          counterexample);
    }

    private Result against(int other, double drift) {
      double[] form = new double[drifts.length];
      form[claim.label()] = 1;
      form[other] = -1;
      PriorityQueue<Part> open =
          new PriorityQueue<>(Comparator.comparingDouble(part -> part.bound().least()));
      open.add(new Part(Splits.NONE, bound(root, Splits.NONE, form, drift)));
      double least = Double.POSITIVE_INFINITY; // of the parts that are closed
      while (!open.isEmpty()) {
        Part worst = open.remove();
        Lagrangian.Bound bound = worst.bound();
        if (bound.least() > drift) {
          least = Math.min(least, bound.least());
          continue; // and so are all others
        }
        Optional<Batch> found = descend(bound.minimiser(), form);
        if (found.isPresent()) {
          return new Result(bound.least() - drift, found);
        }
        if (bound.widest().isEmpty() || isOver()) {
          return new Result(bound.least() - drift, Optional.empty());
        }
        for (Splits.Split half :
            new Splits.Split[] {bound.widest().get(), bound.widest().get().other()}) {
          Splits splits = worst.splits().and(half);
          Optional<Backward> backward = bounds.backward(claim, splits);
          if (backward.isPresent()) { // else no input is in this part
            open.add(new Part(splits, bound(backward.get(), splits, form, drift)));
          }
        }
      }
      return new Result(least - drift, Optional.empty());
    }

    private boolean isOver() {
      if (Thread.currentThread().isInterrupted()) {
        return true;
      }
      return left <= 0 || Clock.systemUTC().instant().isAfter(end);
    }

    private Lagrangian.Bound bound(Backward backward, Splits splits, double[] form, double enough) {
      left--;
      Lagrangian lagrangian = new Lagrangian(backward, splits, form);
      Lagrangian.Bound bound = lagrangian.ascend(steps, 0.1, 0.98, enough);
      boolean isLinear = bound.widest().isEmpty();
      return isLinear && bound.least() <= enough
          // where no input is left, the bound grows with the multipliers: they must be let go far
          ? lagrangian.ascend(PATIENCE * steps, 3, 0.97, enough)
          : bound;
    }

    /** Looks for a counterexample by Frank and Wolfe's steps down the margin. */
    private Optional<Batch> descend(float[] from, double[] form) {
      float[] x = from;
      for (int i = 0; i < DESCENTS; i++) {
        Batch candidate = claim.input().withValues(x.length, x);
        if (claim.predictionOf(candidate) != claim.label()) {
          return Optional.of(candidate);
        }
        float[] towards = claim.region().minimiser(gradient(x, form), 0);
        x = claim.region().between(x, towards, 2.0 / (i + 2));
      }
      return Optional.empty();
    }

    @SuppressWarnings("NullAway") // it loses the annotations of array elements across modules
    private double[] @Nullable [] gradient(float[] x, double[] form) {
      double[][] values = claim.weighed().network().values(x);
      double[] @Nullable [] forms = new double[form.length][];
      for (int c = 0; c < form.length; c++) {
        forms[c] = new double[] {form[c]};
      }
      return claim
          .weighed()
          .network()
          .pullBack(
              claim.weighed().steps(),
              forms,
              (k, layer, after) -> {
                for (int j = 0; layer instanceof Layer.Relu && j < after.length; j++) {
                  after[j] = values[k + 1][j] > 0 ? after[j] : null;
                }
              });
    }
  }
}
