package io.gauntlet.nd4j;

import io.gauntlet.model.Domain;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Optional;

/**
 * How a network is driven.
 *
 * @param inputShape shape of one example as the network takes it, without the batch axis
 * @param domain legal values of the features
 * @param selfCheck what the network must pass before it becomes a model; empty to trust it unseen
 * @param seed what dropout in training is drawn from
 */
public record Nd4jOptions(
    Shape inputShape, Domain domain, Optional<SelfCheck> selfCheck, Seed seed) {
  /** Features in [0, 1], {@link SelfCheck#standard}, seed 0. */
  public static Nd4jOptions of(Shape inputShape) {
    return new Nd4jOptions(inputShape, Domain.UNIT, Optional.of(SelfCheck.standard()), Seed.of(0));
  }

  /** Other legal values. */
  public Nd4jOptions withDomain(Domain newDomain) {
    return new Nd4jOptions(inputShape, newDomain, selfCheck, seed);
  }

  /** Another check before the network becomes a model. */
  public Nd4jOptions withSelfCheck(SelfCheck newSelfCheck) {
    return new Nd4jOptions(inputShape, domain, Optional.of(newSelfCheck), seed);
  }

  /** No check: ND4J's gradients are taken on trust. */
  public Nd4jOptions withoutSelfCheck() {
    return new Nd4jOptions(inputShape, domain, Optional.empty(), seed);
  }

  /** Another seed. */
  public Nd4jOptions withSeed(Seed newSeed) {
    return new Nd4jOptions(inputShape, domain, selfCheck, newSeed);
  }
}
