package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * Makes inputs up: latents, through a network, to raw outputs, through tanh, into a domain.
 *
 * @param network from latents to raw outputs, one for each feature
 * @param domain legal inputs of the victim
 */
record Generator(TrainableModel network, Domain domain) {
  static Generator of(TrainableModel network, Oracle oracle) {
    int features = oracle.inputShape().size();
    if (network.classes() != features) {
      throw new IllegalArgumentException(
          "the generator must have one output for each of the victim's %s features, but had %s"
              .formatted(features, network.classes()));
    }
    return new Generator(network, oracle.domain());
  }

  /** Standard normal, as far as the network's own domain goes. */
  Batch latents(int count, Seed seed) {
    int width = network.inputShape().size();
    return Batch.wrap(width, new float[count * width])
        .editRows(
            (i, latent) -> {
              RandomGenerator random = seed.forExample(i);
              for (int j = 0; j < width; j++) {
                latent[j] = network.domain().clip(j, (float) random.nextGaussian());
              }
            });
  }

  /** What the network, as it is now, makes of latents. */
  Batch inputs(Batch latents) {
    return squashed(Guesses.logits(network, latents));
  }

  /** {@code lower + (upper - lower) * (1 + tanh(raw)) / 2}. */
  Batch squashed(Batch raw) {
    return raw.editRows(
        (i, x) -> {
          for (int j = 0; j < x.length; j++) {
            if (Float.isNaN(x[j])) {
              throw new ModelException(
                  "the generator's outputs must be numbers, but output %s of example %s was NaN"
                      .formatted(j, raw.example(i)));
            }
            double share = (1 + Math.tanh(x[j])) / 2;
            double lower = domain.lower(j);
            x[j] = domain.clip(j, (float) (lower + share * (domain.upper(j) - lower)));
          }
        });
  }
}
