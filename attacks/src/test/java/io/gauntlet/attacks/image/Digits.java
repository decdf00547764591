package io.gauntlet.attacks.image;

import io.gauntlet.data.CsvFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Real images: the 1,797 handwritten digits of the examples, 8x8 pixels, and a network of one
 * hidden layer that reads them, trained here in a moment by plain stochastic gradient descent.
 */
public final class Digits {
  /** The images' shape. */
  public static final Shape SHAPE = Shape.of(1, 8, 8);

  private static final Path FILE =
      Path.of("../examples/src/main/resources/io/gauntlet/examples/digits.csv.gz");
  private static final int TRAINING = 1200;
  private static final int HIDDEN = 32;
  private static final int CLASSES = 10;
  private static final int EPOCHS = 30;
  private static final float RATE = 0.05f;

  private static final Examples ALL = read();
  private static final Mlp NET = train();

  private Digits() {}

  /** What the network was trained on. */
  public static Examples training() {
    return ALL.slice(0, TRAINING);
  }

  /** What it never saw. */
  public static Examples unseen() {
    return ALL.slice(TRAINING, ALL.count());
  }

  /** The network. */
  public static Mlp net() {
    return NET;
  }

  private static Examples read() {
    return CsvFiles.labelLast(Domain.of(0, 16)).scaledTo(Range.UNIT).withShape(SHAPE).read(FILE);
  }

  private static Mlp train() {
    RandomGenerator random = Seed.of(5).forExample(0);
    float[][] first = weights(HIDDEN, SHAPE.size(), random);
    float[] firstBias = new float[HIDDEN];
    float[][] second = weights(CLASSES, HIDDEN, random);
    float[] secondBias = new float[CLASSES];
    for (int step = 0; step < EPOCHS * TRAINING; step++) {
      int row = random.nextInt(TRAINING);
      learn(ALL.inputs().row(row), ALL.labels().atRow(row), first, firstBias, second, secondBias);
    }
    return Mlp.of(
        SHAPE,
        Domain.UNIT,
        List.of(Mlp.Dense.of(first, firstBias), Mlp.Dense.of(second, secondBias)));
  }

  private static float[][] weights(int outputs, int inputs, RandomGenerator random) {
    float[][] weights = new float[outputs][inputs];
    for (float[] row : weights) {
      for (int i = 0; i < inputs; i++) {
        row[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / inputs));
      }
    }
    return weights;
  }

  /** One step down the cross-entropy of one example. */
  private static void learn(
      float[] x, int label, float[][] first, float[] firstBias, float[][] second, float[] bias) {
    float[] hidden = new float[HIDDEN];
    for (int h = 0; h < HIDDEN; h++) {
      hidden[h] = Math.max(0, firstBias[h] + dot(first[h], x));
    }
    float[] scores = new float[CLASSES];
    for (int k = 0; k < CLASSES; k++) {
      scores[k] = bias[k] + dot(second[k], hidden);
    }
    Batch slope = new CrossEntropy(Labels.of(label)).gradient(Batch.of(scores));
    float[] byHidden = new float[HIDDEN];
    for (int k = 0; k < CLASSES; k++) {
      for (int h = 0; h < HIDDEN; h++) {
        byHidden[h] += slope.get(0, k) * second[k][h];
        second[k][h] -= RATE * slope.get(0, k) * hidden[h];
      }
      bias[k] -= RATE * slope.get(0, k);
    }
    for (int h = 0; h < HIDDEN; h++) {
      if (hidden[h] > 0) {
        for (int j = 0; j < x.length; j++) {
          first[h][j] -= RATE * byHidden[h] * x[j];
        }
        firstBias[h] -= RATE * byHidden[h];
      }
    }
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
