package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Linear bound propagation: every ReLU is put between two lines, and what is asked of the logits is
 * carried back through them to the input.
 *
 * <p>Follows Zhang, Weng, Chen, Hsieh, Daniel: <a href="https://arxiv.org/abs/1811.00866">Efficient
 * Neural Network Robustness Certification with General Activation Functions</a> (CROWN), NeurIPS
 * 2018; the same bounds as DeepPoly's (Singh, Gehr, Püschel, Vechev, POPL 2019). Rounds outwards
 * and keeps the better of linear bound and interval for every inner layer, which the papers leave
 * out.
 *
 * @param inner what bounds the inputs of the ReLUs, which decides the lines
 * @param slope of the lines below
 */
public record LinearBounds(Inner inner, LowerSlope slope) implements BoundingMethod {
  /** What bounds the inputs of the ReLUs. */
  public enum Inner {
    /** Intervals: one pass back in all. */
    INTERVALS,
    /**
     * Linear bounds again, where intervals leave a ReLU undecided: a pass back for each of them.
     * Where the interval is narrower it stays, and those after it go on from what was narrowed.
     */
    LINEAR
  }

  /** Slope of the line that a ReLU between {@code lower < 0} and {@code upper > 0} is above. */
  public enum LowerSlope {
    /** 1 where the ReLU is rather on, 0 where it is rather off: the smaller triangle. */
    ADAPTIVE {
      @Override
      double of(double lower, double upper) {
        return upper > -lower ? 1 : 0;
      }
    },
    /** That of the line above. */
    PARALLEL {
      @Override
      double of(double lower, double upper) {
        return upper / (upper - lower);
      }
    };

    abstract double of(double lower, double upper);
  }

  /** CROWN: linear bounds for all layers, adaptive slopes. */
  public static LinearBounds crown() {
    return new LinearBounds(Inner.LINEAR, LowerSlope.ADAPTIVE);
  }

  /**
   * CROWN-IBP: intervals for the inner layers (Zhang et al.: <a
   * href="https://arxiv.org/abs/1906.06316">Towards Stable and Efficient Training of Verifiably
   * Robust Neural Networks</a>, ICLR 2020).
   */
  public static LinearBounds crownIbp() {
    return new LinearBounds(Inner.INTERVALS, LowerSlope.ADAPTIVE);
  }

  /**
   * Fast-Lin (Weng et al.: <a href="https://arxiv.org/abs/1804.09699">Towards Fast Computation of
   * Certified Robustness for ReLU Networks</a>, ICML 2018), which is also the dual bound of Wong
   * and Kolter (<a href="https://arxiv.org/abs/1711.00851">ICML 2018</a>): parallel lines.
   */
  public static LinearBounds fastLin() {
    return new LinearBounds(Inner.LINEAR, LowerSlope.PARALLEL);
  }

  @Override
  public Box logits(Claim claim) {
    int last = claim.weighed().steps();
    Features all = Features.all(claim.weighed(), last);
    Backward backward = backward(claim);
    return all.bounds(backward, backward.boxes().get(last)).orElseThrow();
  }

  @Override
  public Margins margins(Claim claim) {
    int last = claim.weighed().steps();
    double[] @Nullable [] forms = claim.marginForms();
    Backward backward = backward(claim);
    double[] lower = backward.lower(last, forms, claim.weighed().network().classes());
    return new Margins(claim.label(), lower, claim.drifts(backward.boxes()));
  }

  /** All ReLUs relaxed, first to last, each by the bounds that those before it give. */
  Backward backward(Claim claim) {
    return backward(claim, Splits.NONE).orElseThrow();
  }

  /** The same where some ReLUs are known to be on or off; empty if they never are at once. */
  Optional<Backward> backward(Claim claim, Splits splits) {
    Weighed network = claim.weighed();
    List<Box> boxes = new ArrayList<>();
    boxes.add(claim.region().box());
    List<@Nullable Relaxation> relaxations =
        new ArrayList<>(Collections.nCopies(network.steps(), null));
    Backward backward = new Backward(network, claim.region(), boxes, relaxations);
    for (int k = 0; k < network.steps(); k++) {
      if (network.step(k).layer() instanceof Layer.Relu) {
        int number = k;
        int value = network.step(k).input();
        Optional<Box> box = entering(value, backward).flatMap(uncut -> splits.cut(number, uncut));
        if (box.isEmpty()) {
          return Optional.empty();
        }
        boxes.set(value, box.get());
        relaxations.set(k, new Relaxation(box.get(), slope));
      }
      boxes.add(
          network.isAffine(k + 1)
              ? claim.intervals().get(k + 1)
              : Intervals.after(network, k, boxes));
    }
    return Optional.of(backward);
  }

  private Optional<Box> entering(int value, Backward backward) {
    Box box = backward.boxes().get(value);
    return inner == Inner.INTERVALS || backward.network().isAffine(value)
        ? Optional.of(box)
        : Features.all(backward.network(), value).undecidedIn(box).bounds(backward, box);
  }

  @Override
  public String title() {
    if (slope == LowerSlope.PARALLEL) {
      return inner == Inner.LINEAR ? "Fast-Lin" : "Fast-Lin-IBP";
    }
    return inner == Inner.LINEAR ? "CROWN" : "CROWN-IBP";
  }
}
