package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.threat.ThreatModel;

/**
 * Claims about one network and one threat model.
 *
 * <p>Two choices say what exactly is claimed. The ball is cut to the network's domain, as the ball
 * of an evaluation is, unless {@link #beyondDomain} says that illegal inputs count too. And it is
 * the ball and the network of real numbers, unless {@link #asEvaluated} adds what an evaluation
 * forgives: attacks that overstep the radius by rounding, and an engine that computes in 32 bits.
 */
public final class Claims {
  private static final double FORGIVEN = 1e-5; // of the radius, by io.gauntlet.threat.Neighbourhood

  private final Weighed network;
  private final ThreatModel threat;
  private final boolean cut;
  private final boolean evaluated;

  private Claims(Weighed network, ThreatModel threat, boolean cut, boolean evaluated) {
    this.network = network;
    this.threat = threat;
    this.cut = cut;
    this.evaluated = evaluated;
  }

  /**
   * Claims about the inputs of the network's domain within a threat model.
   *
   * @param threat Linf, L2 or L1, bounded; its queries do not matter
   */
  public static Claims of(ReluNetwork network, ThreatModel threat) {
    return new Claims(new Weighed(network), threat, true, false);
  }

  /** The same about the whole ball, illegal inputs included. */
  public Claims beyondDomain() {
    return new Claims(network, threat, false, evaluated);
  }

  /**
   * The same about all that an evaluation calls a success: a radius larger by its tolerance, and
   * logits that an engine adds up in 32 bits in any order. Engines that transform instead, as
   * Winograd's convolutions do, or compute in fewer bits are not covered.
   */
  public Claims asEvaluated() {
    return new Claims(network, threat, cut, true);
  }

  /**
   * The claim about one input.
   *
   * @param input one row, in the network's domain
   * @param label below the network's classes
   * @throws IllegalArgumentException if the input is not legal, there is no such class, or the
   *     threat model has no bound or no dual norm
   */
  public Claim about(Batch input, int label) {
    ReluNetwork net = network.network();
    if (input.rows() != 1 || input.width() != net.inputShape().size()) {
      throw new IllegalArgumentException(
          "a claim is about one row of %s, but was given %s"
              .formatted(net.inputShape().size(), input));
    }
    if (label < 0 || label >= net.classes()) {
      throw new IllegalArgumentException(
          "labels must be below the model's %s classes, but was %s"
              .formatted(net.classes(), label));
    }
    float[] x = net.domain().check(input).row(0);
    Region region = Region.around(x, threat, radius(x), cut ? net.domain() : null);
    return new Claim(network, input, label, region, evaluated);
  }

  private double radius(float[] x) {
    double radius = threat.epsilon();
    if (!evaluated) {
      return radius;
    }
    float[] halfSteps = x.clone(); // what rounding a perturbed feature may add
    for (int j = 0; j < x.length; j++) {
      halfSteps[j] = Math.ulp(Math.abs(x[j]) + threat.epsilon()) / 2;
    }
    return (radius + threat.norm().of(halfSteps)) * (1 + FORGIVEN) * (1 + 0x1p-40);
  }

  ReluNetwork network() {
    return network.network();
  }

  ThreatModel threat() {
    return threat;
  }
}
