package io.gauntlet.djl;

import ai.djl.Device;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;

/**
 * How a network is driven.
 *
 * @param inputShape shape of one example, without the batch axis
 * @param domain legal values of the features, before normalisation
 * @param normalisation what happens to the features before the network sees them
 * @param device where to compute; CUDA needs natives of your own, see the package page
 * @param threads libtorch threads of one call; 1 to 1024
 * @param optimiser how training steps follow the gradient
 * @param seed what initial weights and dropout are drawn from
 */
public record DjlOptions(
    Shape inputShape,
    Domain domain,
    Normalisation normalisation,
    Device device,
    int threads,
    Optimiser optimiser,
    Seed seed) {
  private static final int MOST_THREADS = 1024; // OpenMP would start them, or bring the JVM down

  /** Checks that the normalisation fits the shape. */
  public DjlOptions {
    normalisation.checkFits(inputShape);
    Check.atLeast(1, threads, "threads");
    if (threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be at most %s, but was %s".formatted(MOST_THREADS, threads));
    }
  }

  /**
   * Features in [0, 1] that the network sees as they are, on the CPU, one thread for each call,
   * {@link Optimiser.Adam#standard}, seed 0.
   */
  public static DjlOptions of(Shape inputShape) {
    return new DjlOptions(
        inputShape,
        Domain.UNIT,
        Normalisation.NONE,
        Device.cpu(),
        1,
        Optimiser.Adam.standard(),
        Seed.of(0));
  }

  /** Other legal values. */
  public DjlOptions withDomain(Domain newDomain) {
    return new DjlOptions(inputShape, newDomain, normalisation, device, threads, optimiser, seed);
  }

  /** Another normalisation. */
  public DjlOptions withNormalisation(Normalisation newNormalisation) {
    return new DjlOptions(inputShape, domain, newNormalisation, device, threads, optimiser, seed);
  }

  /** Another device. */
  public DjlOptions withDevice(Device newDevice) {
    return new DjlOptions(inputShape, domain, normalisation, newDevice, threads, optimiser, seed);
  }

  /** Another number of threads for each call. */
  public DjlOptions withThreads(int newThreads) {
    return new DjlOptions(inputShape, domain, normalisation, device, newThreads, optimiser, seed);
  }

  /** Another optimiser. */
  public DjlOptions withOptimiser(Optimiser newOptimiser) {
    return new DjlOptions(inputShape, domain, normalisation, device, threads, newOptimiser, seed);
  }

  /** Another seed. */
  public DjlOptions withSeed(Seed newSeed) {
    return new DjlOptions(inputShape, domain, normalisation, device, threads, optimiser, newSeed);
  }
}
