package io.gauntlet.djl;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Small networks with all that behaves otherwise in training than in evaluation. */
final class Fixtures {
  static final io.gauntlet.model.Shape IMAGE = io.gauntlet.model.Shape.of(1, 8, 8);
  static final Seed SEED = Seed.of(20);

  private Fixtures() {}

  /** A file that make_fixtures.py made. */
  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Fixtures.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What PyTorch says about scripted.pt and traced.pt: an entry of expected.json. */
  static Batch expected(String entry) throws IOException {
    Gson gson = new Gson();
    JsonObject all = gson.fromJson(Files.readString(file("expected.json")), JsonObject.class);
    return Batch.of(gson.fromJson(all.get(entry), float[][].class));
  }

  /** Convolution, batch norm, GELU, pooling, dropout, linear; without a kink anywhere. */
  static SequentialBlock layers() {
    return new SequentialBlock()
        .add(
            Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .setFilters(4)
                .build())
        .add(BatchNorm.builder().build())
        .add(Activation.geluBlock())
        .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Dropout.builder().optRate(0.5f).build())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(3).build());
  }

  /** The layers above after a few training steps, which moved the statistics of batch norm. */
  static DjlModel trained(DjlOptions options) {
    DjlModel model = DjlModel.of(layers(), options.withSeed(SEED));
    for (int step = 0; step < 10; step++) {
      train(model, step);
    }
    return model;
  }

  /** One step towards telling bright images from dark ones. */
  static double train(DjlModel model, int step) {
    Batch inputs = toy(model, 30, 1000L + step);
    return model.train(inputs, new CrossEntropy(brightness(inputs)));
  }

  /** Images of three levels of brightness. */
  static Batch toy(DjlModel model, int rows, long seed) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    return Batch.wrap(model.inputShape().size(), new float[rows * model.inputShape().size()])
        .editRows(
            (i, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = 0.6f * random.nextFloat() + 0.2f * (i % 3);
              }
            });
  }

  static Labels brightness(Batch toy) {
    int[] classes = new int[toy.rows()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i % 3;
    }
    return Labels.of(toy, classes);
  }

  static float[] all(Batch batch) {
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    return values;
  }
}
