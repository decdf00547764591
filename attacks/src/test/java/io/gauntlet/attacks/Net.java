package io.gauntlet.attacks;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** A network with a hidden layer, and examples that it mostly gets right, drawn from a seed. */
public record Net(Mlp model, Examples examples) {
  private static final int FEATURES = 6;
  private static final int CLASSES = 3;

  /** The net of a seed. */
  public static Net of(long seed, int count) {
    RandomGenerator random = Seed.of(seed).forExample(99);
    Mlp model =
        Mlp.of(
            Shape.of(FEATURES),
            Domain.of(-1, 1),
            List.of(layer(10, FEATURES, random), layer(CLASSES, 10, random)));
    float[][] inputs = new float[count][FEATURES];
    for (float[] row : inputs) {
      for (int j = 0; j < FEATURES; j++) {
        row[j] = 2 * random.nextFloat() - 1;
      }
    }
    Batch batch = Batch.of(inputs);
    Batch logits = model.logits(batch);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 10 == 3 ? (logits.argmax(i) + 1) % CLASSES : logits.argmax(i);
    }
    return new Net(model, Examples.of(batch, labels));
  }

  private static Mlp.Dense layer(int outputs, int inputs, RandomGenerator random) {
    float[][] weights = new float[outputs][inputs];
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        weights[o][i] = (float) random.nextGaussian();
      }
      bias[o] = (float) random.nextGaussian();
    }
    return Mlp.Dense.of(weights, bias);
  }
}
