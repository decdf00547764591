package io.gauntlet.defenses.certify.train;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Conv2d.Axis;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Layer;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A small network of strided, stretched, unevenly padded convolutions, and random images for it.
 */
final class Nets {
  static final Shape SHAPE = Shape.of(2, 5, 6);

  private Nets() {}

  static ReluNetwork convolutional() {
    RandomGenerator random = Seed.of(3).forExample(0);
    Axis five = new Axis(5, 2, 2, 1, 0, 1);
    Axis six = new Axis(6, 3, 1, 0, 2, 2);
    return ReluNetwork.of(
        SHAPE,
        Domain.UNIT,
        List.of(
            new Conv2d(gaussian(random, 4, 12, 0.4), gaussian(random, 1, 4, 0.2), 2, five, six, 1),
            new Layer.Relu(),
            new Conv2d(
                gaussian(random, 4, 36, 0.3),
                gaussian(random, 1, 4, 0.2),
                4,
                Axis.of(3, 3, 2, 1),
                Axis.of(4, 3, 2, 1),
                1),
            new Layer.Relu(),
            new Mlp.Dense(gaussian(random, 6, 16, 0.4), gaussian(random, 1, 6, 0.2)),
            new Layer.Relu(),
            new Mlp.Dense(gaussian(random, 3, 6, 0.6), gaussian(random, 1, 3, 0.2))));
  }

  /** Random images; the brighter half decides the class. */
  static Examples examples(int count) {
    RandomGenerator random = Seed.of(4).forExample(0);
    float[][] images = new float[count][SHAPE.size()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 3;
      for (int j = 0; j < SHAPE.size(); j++) {
        float bright = j * 3 / SHAPE.size() == labels[i] ? 0.3f : 0;
        images[i][j] = Math.min(1, bright + 0.9f * random.nextFloat());
      }
    }
    Batch inputs = Batch.of(images);
    return new Examples(SHAPE, inputs, Labels.of(inputs, labels));
  }

  private static Batch gaussian(RandomGenerator random, int rows, int width, double size) {
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      double drawn = random.nextGaussian();
      values[i] = (float) (size * (drawn + Math.signum(drawn) * 0.01)); // |w| has no slope at 0
    }
    return Batch.wrap(width, values);
  }
}
