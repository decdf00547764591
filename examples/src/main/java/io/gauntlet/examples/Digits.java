package io.gauntlet.examples;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.gauntlet.data.CsvFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The 1,797 handwritten digits of the UCI Machine Learning Repository (8x8 pixels, CC BY 4.0, see
 * NOTICE), and a small convolutional network that learns to read them.
 */
final class Digits {
  static final io.gauntlet.model.Shape SHAPE = io.gauntlet.model.Shape.of(1, 8, 8);

  private static final String FILE = "digits.csv.gz";
  private static final Domain RAW = Domain.of(0, 16);
  private static final int BATCH = 32;

  private Digits() {}

  /** All digits, pixels scaled to [0, 1]. */
  static Examples all() {
    try (InputStream in = Digits.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from the class path");
      }
      return CsvFiles.labelLast(RAW).scaledTo(Range.UNIT).withShape(SHAPE).read(in, FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A convolutional network of two layers, trained for so many passes over the data. */
  static DjlModel trained(Examples training, int epochs, Seed seed) {
    DjlModel model = untrained(seed);
    new Fit(epochs, BATCH).train(model, training, seed);
    return model;
  }

  /** The same network before it has learnt anything. */
  static DjlModel untrained(Seed seed) {
    return DjlModel.of(
        network(), DjlOptions.of(SHAPE).withOptimiser(new Optimiser.Adam(2e-3f)).withSeed(seed));
  }

  private static Block network() {
    return new SequentialBlock()
        .add(convolution(16))
        .add(Activation::relu)
        .add(convolution(32))
        .add(Activation::relu)
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(10).build());
  }

  private static Conv2d convolution(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optPadding(new Shape(1, 1))
        .setFilters(filters)
        .build();
  }
}
