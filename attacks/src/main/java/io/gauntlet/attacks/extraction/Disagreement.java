package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Minus the distance between the logits of surrogate and victim, as a loss of a generator's raw
 * outputs: what is small where the two disagree.
 *
 * <p>The gradient is estimated, for nobody sees into the victim: {@code d / m * sum over m unit
 * vectors u of (loss(raw + h u) - loss(raw)) / h * u}, for d raw outputs. That takes m + 1 queries
 * for each row. They are made once, at the first outputs it is shown, however often it is asked.
 */
final class Disagreement implements LogitLoss {
  private final Oracle oracle;
  private final Model surrogate;
  private final Generator generator;
  private final int directions;
  private final float difference;
  private final Seed seed;
  private @Nullable Estimate estimate;

  private record Estimate(Batch values, Batch gradient) {}

  Disagreement(
      Oracle oracle,
      Model surrogate,
      Generator generator,
      int directions,
      float difference,
      Seed seed) {
    this.oracle = oracle;
    this.surrogate = surrogate;
    this.generator = generator;
    this.directions = directions;
    this.difference = difference;
    this.seed = seed;
  }

  @Override
  public Batch values(Batch raw) {
    return estimate(raw).values;
  }

  @Override
  public Batch gradient(Batch raw) {
    return estimate(raw).gradient;
  }

  private Estimate estimate(Batch raw) {
    if (estimate == null) {
      double[] here = losses(raw);
      Batch gradient = raw.withValues(raw.width(), new float[raw.rows() * raw.width()]);
      for (int d = 0; d < directions; d++) {
        Batch direction = directions(raw, seed.derive(d));
        double[] there = losses(raw.plus(direction.times(difference)));
        gradient =
            gradient.plus(
                direction.editRows(
                    (i, u) -> {
                      double slope = (there[i] - here[i]) / difference;
                      for (int j = 0; j < u.length; j++) {
                        u[j] *= (float) (slope * u.length / directions);
                      }
                    }));
      }
      float[] values = new float[here.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) here[i];
      }
      estimate = new Estimate(raw.withValues(1, values), gradient);
    }
    return estimate;
  }

  private double[] losses(Batch raw) {
    Batch inputs = generator.squashed(raw);
    LogitDistance distance = LogitDistance.to(oracle.ask(inputs));
    Batch guesses = Guesses.logits(surrogate, inputs);
    double[] losses = new double[raw.rows()];
    Arrays.setAll(losses, i -> -distance.value(guesses, i));
    return losses;
  }

  /** One direction for each row, every one as likely as any other. */
  private static Batch directions(Batch raw, Seed seed) {
    return raw.editRows(
        (i, u) -> {
          RandomGenerator random = seed.forExample(raw.example(i));
          double square = 0;
          for (int j = 0; j < u.length; j++) {
            u[j] = (float) random.nextGaussian();
            square += (double) u[j] * u[j];
          }
          for (int j = 0; j < u.length; j++) {
            u[j] /= (float) Math.sqrt(square);
          }
        });
  }
}
