package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Interval bound propagation: a box around every layer, as cheap as two forward passes.
 *
 * <p>Follows Gowal et al.: <a href="https://arxiv.org/abs/1810.12715">On the Effectiveness of
 * Interval Bound Propagation for Training Verifiably Robust Models</a>, 2018; margins go through
 * the last linear layer as section 3 describes. Rounds outwards, which the paper leaves out. Under
 * L2 and L1 the layers before the first ReLU are bounded by the dual norm.
 *
 * <p>Tight only on networks that were trained for it; on others the boxes grow with every layer.
 */
public record IntervalBounds() implements BoundingMethod {
  /** The method, which has nothing to set. */
  public static IntervalBounds standard() {
    return new IntervalBounds();
  }

  @Override
  public Box logits(Claim claim) {
    List<Box> boxes = claim.intervals();
    return boxes.get(boxes.size() - 1);
  }

  @Override
  public Margins margins(Claim claim) {
    Weighed network = claim.weighed();
    int last = network.steps();
    double[] @Nullable [] forms = claim.marginForms();
    Sums sums = new Sums(network.network().classes());
    Backward backward =
        new Backward(
            network,
            claim.region(),
            claim.intervals(),
            Collections.nCopies(last, (Relaxation) null));
    if (network.isAffine(last)) {
      claim.region().addLeasts(backward.toInput(last, forms, sums), sums);
      return margins(claim, sums);
    }
    int value = last;
    while (network.step(value - 1).layer() instanceof Layer.Linear) {
      forms = backward.throughLinear(value, forms, sums);
      value = network.step(value - 1).input();
    }
    claim.intervals().get(value).addLeasts(forms, sums);
    return margins(claim, sums);
  }

  private static Margins margins(Claim claim, Sums sums) {
    return new Margins(claim.label(), sums.lower(), claim.drifts(claim.intervals()));
  }

  @Override
  public String title() {
    return "IBP";
  }
}
