package io.gauntlet.examples.broken;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * A network in which only the k largest units of each layer pass: wherever the winners change its
 * answer jumps, so that its gradient tells what happens next to the input and nothing farther off.
 *
 * <p>Follows Xiao, Zhong, Zheng: <a href="https://arxiv.org/abs/1905.10510">Enhancing Adversarial
 * Defense by k-Winners-Take-All</a>, ICLR 2020. Broken by Tramer, Carlini, Brendel, Madry: <a
 * href="https://arxiv.org/abs/2002.08347">On Adaptive Attacks to Adversarial Example Defenses</a>,
 * NeurIPS 2020, with a gradient averaged over the neighbourhood.
 *
 * @param network has {@link #block} between its layers
 * @param spread standard deviation of the neighbours that the attacker averages over; positive
 * @param neighbours how many; at least 1
 */
public record KWinners(DifferentiableModel network, float spread, int neighbours)
    implements DefendedModel, FrontModel {
  /** Checks the numbers. */
  public KWinners {
    Check.positive(spread, "spread");
    Check.atLeast(1, neighbours, "neighbours");
  }

  /** A layer that sets all but the {@code k} largest of its inputs to zero. */
  public static Block block(int k) {
    return new LambdaBlock(
        list -> {
          NDArray units = list.singletonOrThrow();
          NDArray least = units.topK(k, -1, true, true).get(0).min(new int[] {-1}, true);
          return new NDList(units.mul(units.gte(least).toType(DataType.FLOAT32, false)));
        });
  }

  @Override
  public Model behind() {
    return network;
  }

  @Override
  public String fingerprint() {
    return network.fingerprint();
  }

  @Override
  public Batch logits(Batch inputs) {
    return network.logits(inputs);
  }

  @Override
  public DifferentiableModel naive() {
    return network;
  }

  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return new View(
        this,
        inputs -> {
          ForwardPass pass = network.forward(inputs);
          return new Way(pass, pass.logits(), byLogit -> averaged(inputs, byLogit));
        });
  }

  private Batch averaged(Batch inputs, Batch byLogit) {
    Batch sum = inputs.times(0);
    for (int n = 0; n < neighbours; n++) {
      try (ForwardPass pass = network.forward(neighbour(inputs, Seed.of(n)))) {
        sum = sum.plus(pass.backward(byLogit));
      }
    }
    return sum.times(1f / neighbours);
  }

  private Batch neighbour(Batch inputs, Seed seed) {
    return inputs.editRows(
        (i, x) -> {
          RandomGenerator random = seed.forExample(inputs.example(i));
          for (int j = 0; j < x.length; j++) {
            x[j] += spread * (float) random.nextGaussian();
          }
        });
  }

  @Override
  public String route() {
    return "the mean gradient of %s neighbours".formatted(neighbours);
  }
}
