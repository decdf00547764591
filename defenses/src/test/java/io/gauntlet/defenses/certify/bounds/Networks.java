package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Conv2d.Axis;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Layer;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.ReluNetwork.Step;
import io.gauntlet.model.Scale;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random networks, and points of balls. */
final class Networks {
  private Networks() {}

  /** Fully connected, in the domain [-1, 1]. */
  static ReluNetwork dense(long seed, int... sizes) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    List<Layer> layers = new ArrayList<>();
    for (int k = 1; k < sizes.length; k++) {
      if (k > 1) {
        layers.add(new Layer.Relu());
      }
      layers.add(
          new Mlp.Dense(
              gaussian(random, sizes[k], sizes[k - 1], 1.4 / Math.sqrt(sizes[k - 1])),
              gaussian(random, 1, sizes[k], 0.3)));
    }
    return ReluNetwork.of(Shape.of(sizes[0]), Domain.of(-1, 1), layers);
  }

  /** All layers there are: normalisation, strided and grouped convolutions, a residual sum. */
  static ReluNetwork residual(long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    Axis six = Axis.of(6, 3, 2, 1);
    Axis three = Axis.of(3, 3, 1, 1);
    List<Step> steps =
        List.of(
            new Step(
                new Scale(gaussian(random, 1, 72, 1), gaussian(random, 1, 72, 0.2)), List.of(0)),
            new Step(
                new Conv2d(
                    gaussian(random, 4, 18, 0.4), gaussian(random, 1, 4, 0.2), 2, six, six, 1),
                List.of(1)),
            new Step(new Layer.Relu(), List.of(2)),
            new Step(
                new Conv2d(
                    gaussian(random, 4, 18, 0.4), gaussian(random, 1, 4, 0.2), 4, three, three, 2),
                List.of(3)),
            new Step(new Layer.Add(), List.of(4, 3)),
            new Step(new Layer.Relu(), List.of(5)),
            new Step(
                new Mlp.Dense(gaussian(random, 3, 36, 0.3), gaussian(random, 1, 3, 0.2)),
                List.of(6)));
    return new ReluNetwork(Shape.of(2, 6, 6), Domain.UNIT, steps);
  }

  static Batch gaussian(RandomGenerator random, int rows, int width, double size) {
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (size * random.nextGaussian());
    }
    return Batch.wrap(width, values);
  }

  /** A point of the domain. */
  static Batch input(ReluNetwork network, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(1);
    float[] x = new float[network.inputShape().size()];
    for (int j = 0; j < x.length; j++) {
      float lower = network.domain().lower(j);
      x[j] = lower + random.nextFloat() * (network.domain().upper(j) - lower);
    }
    return Batch.of(x);
  }

  /** A point of ball and domain, half of the time in one of their corners. */
  static float[] near(
      ReluNetwork network, Batch input, Norm norm, float epsilon, RandomGenerator random) {
    float[] low = input.row(0);
    float[] high = input.row(0);
    float[] delta = new float[low.length];
    for (int j = 0; j < delta.length; j++) {
      low[j] = network.domain().lower(j) - low[j];
      high[j] = network.domain().upper(j) - high[j];
      delta[j] = random.nextBoolean() ? epsilon : -epsilon;
    }
    if (random.nextBoolean()) {
      norm.project(delta, epsilon, low, high);
    } else {
      norm.sample(delta, epsilon, low, high, random);
    }
    for (int j = 0; j < delta.length; j++) {
      delta[j] = network.domain().clip(j, input.get(0, j) + delta[j]);
    }
    return delta;
  }
}
