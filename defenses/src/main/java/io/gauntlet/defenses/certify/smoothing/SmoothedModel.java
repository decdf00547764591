package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The smoothed classifier as a model that can be attacked by its answers: a vote among noisy
 * copies. Its logits are the logarithms of the vote shares, half a vote being added to every class
 * so that none is infinite.
 *
 * <p>The noise depends on the input's values: an example that comes back unchanged gets the same
 * answer, a changed one new noise, so that an attack cannot lean on noise that it has seen. The
 * vote is an estimate: an attack that asks often enough near a boundary finds an input where it is
 * wrong by chance, which {@link RandomizedSmoothing#predict} would have abstained on. An attacker
 * who knows the defense takes {@link SoftSmoothedModel}.
 */
public final class SmoothedModel implements FrontModel {
  private final Model base;
  private final Noise noise;
  private final int draws;
  private final Seed seed;

  private SmoothedModel(Model base, Noise noise, int draws, Seed seed) {
    this.base = base;
    this.noise = noise;
    this.draws = draws;
    this.seed = seed;
  }

  /**
   * The vote among {@code draws} noisy copies.
   *
   * @param draws forward passes of {@code base} for each input; at least 1
   */
  public static SmoothedModel of(Model base, Noise noise, int draws, Seed seed) {
    Check.atLeast(1, draws, "draws");
    return new SmoothedModel(base, noise, draws, seed);
  }

  @Override
  public Model behind() {
    return base;
  }

  @Override
  public String fingerprint() {
    return "%s smoothed by %s, %s draws, %s".formatted(base.fingerprint(), noise, draws, seed);
  }

  @Override
  public Batch logits(Batch inputs) {
    float[] logits = new float[inputs.rows() * classes()];
    for (int i = 0; i < inputs.rows(); i++) {
      Seed ofInput = seed.derive(Arrays.hashCode(inputs.row(i)));
      RandomGenerator random = ofInput.forExample(inputs.example(i));
      Votes votes = Votes.sample(base, noise, inputs.select(i), draws, random);
      for (int k = 0; k < classes(); k++) {
        double share = (votes.of(k) + 0.5) / (draws + 0.5 * classes());
        logits[i * classes() + k] = (float) Math.log(share);
      }
    }
    return inputs.withValues(classes(), logits);
  }
}
