package io.gauntlet.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** The networks of the benchmarks, with random weights. */
public enum Net {
  /** 784-256-256-10 in libtorch. */
  MLP(io.gauntlet.model.Shape.of(784)),
  /** 784-256-256-10 in plain Java. */
  MLP_JAVA(io.gauntlet.model.Shape.of(784)),
  /** 28x28, two 3x3 convolutions of 16 and 32 filters, each with pooling, then 10 classes. */
  CNN(io.gauntlet.model.Shape.of(1, 28, 28)),
  /** A residual network of 20 layers on 3x32x32. */
  RESNET20(io.gauntlet.model.Shape.of(3, 32, 32));

  private final io.gauntlet.model.Shape shape;

  Net(io.gauntlet.model.Shape shape) {
    this.shape = shape;
  }

  /** Builds the network; libtorch uses this many threads for each call. */
  DifferentiableModel build(int threads) {
    if (this == MLP_JAVA) {
      RandomGenerator random = Seed.of(1).forExample(0);
      return Mlp.of(
          shape,
          Domain.UNIT,
          List.of(dense(256, 784, random), dense(256, 256, random), dense(10, 256, random)));
    }
    return DjlModel.of(block(), DjlOptions.of(shape).withThreads(threads).withSeed(Seed.of(1)));
  }

  io.gauntlet.model.Shape shape() {
    return shape;
  }

  /** The network for libtorch, not initialised. */
  Block block() {
    return switch (this) {
      case MLP, MLP_JAVA -> mlp();
      case CNN -> cnn();
      case RESNET20 -> resnet20();
    };
  }

  /** Inputs drawn uniformly from [0, 1]. */
  Batch inputs(int rows) {
    RandomGenerator random = Seed.of(2).forExample(0);
    float[] values = new float[rows * shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Batch.wrap(shape.size(), values);
  }

  /** What the model answers: an undefended net that is right everywhere. */
  static Labels answers(DifferentiableModel model, Batch inputs) {
    Batch logits = model.logits(inputs);
    int[] labels = new int[inputs.rows()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = logits.argmax(i);
    }
    return Labels.of(inputs, labels);
  }

  private static Mlp.Dense dense(int outputs, int inputs, RandomGenerator random) {
    float[][] weights = new float[outputs][inputs];
    for (float[] row : weights) {
      for (int i = 0; i < inputs; i++) {
        row[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / inputs));
      }
    }
    return Mlp.Dense.of(weights, new float[outputs]);
  }

  private static Block mlp() {
    return new SequentialBlock()
        .add(Linear.builder().setUnits(256).build())
        .add(Activation::relu)
        .add(Linear.builder().setUnits(256).build())
        .add(Activation::relu)
        .add(Linear.builder().setUnits(10).build());
  }

  private static Block cnn() {
    return new SequentialBlock()
        .add(convolution(16, 1, true))
        .add(Activation::relu)
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(convolution(32, 1, true))
        .add(Activation::relu)
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(10).build());
  }

  private static Block resnet20() {
    SequentialBlock net =
        new SequentialBlock()
            .add(convolution(16, 1, false))
            .add(BatchNorm.builder().build())
            .add(Activation::relu);
    for (int stage = 0; stage < 3; stage++) {
      for (int block = 0; block < 3; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        net.add(residual(16 << stage, stride)).add(Activation::relu);
      }
    }
    return net.add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(10).build());
  }

  private static Block residual(int filters, int stride) {
    Block body =
        new SequentialBlock()
            .add(convolution(filters, stride, false))
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(convolution(filters, 1, false))
            .add(BatchNorm.builder().build());
    Block shortcut =
        stride == 1
            ? Blocks.identityBlock()
            : Conv2d.builder()
                .setKernelShape(new Shape(1, 1))
                .optStride(new Shape(stride, stride))
                .setFilters(filters)
                .build();
    return new ParallelBlock(
        both -> {
          NDArray sum = both.get(0).singletonOrThrow().add(both.get(1).singletonOrThrow());
          return new NDList(sum);
        },
        List.of(body, shortcut));
  }

  private static Conv2d convolution(int filters, int stride, boolean bias) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optStride(new Shape(stride, stride))
        .optPadding(new Shape(1, 1))
        .optBias(bias)
        .setFilters(filters)
        .build();
  }
}
