package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import java.util.Arrays;
import java.util.function.BinaryOperator;

/**
 * Thermometer encoding: a network that reads every feature as {@code levels} bits, of which those
 * are set that the feature exceeds. Bits have no slope, so that no gradient comes back.
 *
 * <p>Follows Buckman, Roy, Raffel, Goodfellow: <a
 * href="https://openreview.net/forum?id=S18Su--CW">Thermometer Encoding: One Hot Way to Resist
 * Adversarial Examples</a>, ICLR 2018. Broken by Athalye, Carlini, Wagner: <a
 * href="https://arxiv.org/abs/1802.00420">Obfuscated Gradients Give a False Sense of Security</a>,
 * ICML 2018, with the slope of a ramp in place of that of each bit (BPDA).
 *
 * @param network reads {@link #encode}d inputs
 * @param inputShape of one example before it is encoded, values in [0, 1]
 * @param levels bits of each feature; at least 1
 */
public record Thermometer(DifferentiableModel network, Shape inputShape, int levels)
    implements DefendedModel {
  /** Checks that the network reads that many bits. */
  public Thermometer {
    Check.atLeast(1, levels, "levels");
    if (network.inputShape().size() != inputShape.size() * levels) {
      throw new IllegalArgumentException(
          "the network must read %s bits for each of %s features, but reads %s in all"
              .formatted(levels, inputShape.size(), network.inputShape().size()));
    }
  }

  /**
   * The bits of every feature {@code x}, one after the other: bit {@code l} is {@code x >
   * l/levels}.
   */
  public static Batch encode(Batch inputs, int levels) {
    float[] bits = new float[inputs.rows() * inputs.width() * levels];
    int bit = 0;
    for (int i = 0; i < inputs.rows(); i++) {
      for (int j = 0; j < inputs.width(); j++) {
        for (int level = 0; level < levels; level++) {
          bits[bit++] = inputs.get(i, j) > (float) level / levels ? 1 : 0;
        }
      }
    }
    return inputs.withValues(inputs.width() * levels, bits);
  }

  @Override
  public Domain domain() {
    return Domain.UNIT;
  }

  @Override
  public int classes() {
    return network.classes();
  }

  @Override
  public Concurrency concurrency() {
    return network.concurrency();
  }

  @Override
  public String fingerprint() {
    return "Thermometer[%s levels, %s]".formatted(levels, network.fingerprint());
  }

  @Override
  public Batch logits(Batch inputs) {
    return network.logits(encode(inputs, levels));
  }

  /** The same answers, with the derivative that automatic differentiation finds: none. */
  @Override
  public DifferentiableModel naive() {
    return through((inputs, byBit) -> inputs.times(0));
  }

  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return through(this::alongRamps);
  }

  @Override
  public String route() {
    return "BPDA, a ramp that starts where the bit is set in place of each bit's step";
  }

  private View through(BinaryOperator<Batch> decode) {
    return new View(
        this,
        inputs -> {
          ForwardPass pass = network.forward(encode(inputs, levels));
          return new Way(
              pass, pass.logits(), byLogit -> decode.apply(inputs, pass.backward(byLogit)));
        });
  }

  private Batch alongRamps(Batch inputs, Batch byBit) {
    return inputs.editRows(
        (i, x) -> {
          float[] bits = byBit.row(i);
          for (int j = 0; j < x.length; j++) {
            int set = Math.min(levels, 1 + (int) Math.floor(x[j] * levels));
            float slope = 0;
            for (float each : Arrays.copyOfRange(bits, j * levels, j * levels + set)) {
              slope += each;
            }
            x[j] = slope;
          }
        });
  }
}
