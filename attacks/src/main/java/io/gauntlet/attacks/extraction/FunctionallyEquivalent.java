package io.gauntlet.attacks.extraction;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.model.Check;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Works out a network of one hidden ReLU layer, unit by unit, from the kinks it has.
 *
 * <p>Follows Jagielski, Carlini, Berthelot, Kurakin, Papernot: <a
 * href="https://arxiv.org/abs/1909.01838">High Accuracy and High Fidelity Extraction of Neural
 * Networks</a>, USENIX Security 2020. Along a segment such a network is piecewise linear, with a
 * kink where a hidden unit switches; from one side of the kink to the other the Jacobian changes by
 * a matrix of rank one, whose factors are the unit's weights into and out of the hidden layer.
 * Differs from it in four ways. Questions stay in the domain, so that a service answers them; units
 * that never switch there are taken with the linear part, which makes no difference there. Signs
 * need no search: the network is its tangent at one input plus one ReLU for each hyperplane, turned
 * to be off at that input. Segments run from that input to random ones at which the copy is still
 * wrong, so that each of them crosses something unknown. Jacobians are taken midway between kinks
 * with the longest steps that stay in one linear piece, because scores are floats; the paper asks
 * for doubles.
 *
 * <p>The copy has a hidden unit for every one found, and one for every feature that carries the
 * linear part through the layer. The number of hidden units need not be known.
 *
 * <p>A query budget ends the attack wherever it is. {@code patience}, out at the last start, ends
 * it at a victim that is no such network, at scores too coarse to tell slopes from, and now and
 * then at a unit that switches in a corner of the domain only: the copy is then the best of all
 * starts, and right nearly everywhere but there.
 *
 * @param checks random inputs in a row, half of them uniform and half far out, on which the copy
 *     must be right to count as complete; at least 1
 * @param tolerance error of a centred log-probability up to which the copy counts as right, as a
 *     share of the largest that was seen; finite, positive
 * @param patience inputs in a row at which the copy is wrong though the way to them reveals no new
 *     unit, before all begins anew from another tangent; at least 1
 * @param starts tangents to begin from before the victim counts as something else; at least 1
 */
public record FunctionallyEquivalent(int checks, float tolerance, int patience, int starts)
    implements Reconstruction<Mlp> {
  /** Checks the hyperparameters. */
  public FunctionallyEquivalent {
    Check.atLeast(1, checks, "checks");
    Check.positive(tolerance, "tolerance");
    Check.atLeast(1, patience, "patience");
    Check.atLeast(1, starts, "starts");
  }

  /** Right to a thousandth on 500 inputs; ten vain attempts from each of five starts. */
  public static FunctionallyEquivalent standard() {
    return new FunctionallyEquivalent(500, 1e-3f, 10, 5);
  }

  /** The same with another number of inputs to be right on. */
  public FunctionallyEquivalent withChecks(int newChecks) {
    return new FunctionallyEquivalent(newChecks, tolerance, patience, starts);
  }

  /** The same with another idea of what is right. */
  public FunctionallyEquivalent withTolerance(float newTolerance) {
    return new FunctionallyEquivalent(checks, newTolerance, patience, starts);
  }

  /** The same with more or fewer vain attempts. */
  public FunctionallyEquivalent withPatience(int newPatience) {
    return new FunctionallyEquivalent(checks, tolerance, newPatience, starts);
  }

  /** The same with more or fewer attempts from the beginning. */
  public FunctionallyEquivalent withStarts(int newStarts) {
    return new FunctionallyEquivalent(checks, tolerance, patience, newStarts);
  }

  @Override
  public Extraction<Mlp> extract(Oracle oracle, Judge judge, Seed seed) {
    oracle.requireScores("functionally equivalent extraction");
    Curve curve = new Curve(oracle, judge);
    Probe probe = new Probe(oracle);
    Counterexamples wrong = new Counterexamples(probe, checks, tolerance, seed.forExample(0));
    RandomGenerator random = seed.forExample(1);
    ReluSum best = new ReluSum(probe.box(), oracle.classes());
    ReluSum copy = best;
    Ending ending = Ending.MISFIT;
    try {
      for (int start = 0; start < starts && ending == Ending.MISFIT; start++) {
        copy = new ReluSum(probe.box(), probe.sharpTangent(random));
        wrong.restart();
        for (int vain = 0; vain < patience; ) {
          Optional<float[]> counterexample = wrong.next(copy);
          if (counterexample.isEmpty()) {
            ending = Ending.COMPLETE;
            break;
          }
          vain = copy.learn(probe, counterexample.get(), random) > 0 ? 0 : vain + 1;
          curve.mark(copy.network(oracle));
        }
        best = better(wrong, copy, best);
      }
    } catch (QueryBudgetException spent) {
      ending = Ending.BUDGET_SPENT;
      best = better(wrong, copy, best);
    }
    Mlp network = best.network(oracle);
    curve.mark(network);
    return curve.end(network, ending);
  }

  private static ReluSum better(Counterexamples wrong, ReluSum copy, ReluSum best) {
    return wrong.count(copy) <= wrong.count(best) ? copy : best;
  }
}
