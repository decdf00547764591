package io.gauntlet.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;

/**
 * A program that attacks a small convolutional network and prints what memory it uses after 200 and
 * after 2,000 steps: bytes of Java heap, resident bytes, arrays of the model. In a JVM of its own,
 * whose heap is resident from the start, since one that grows and shrinks drowns any leak.
 */
final class GradientLoop {
  private static final int ROWS = 64;
  private static final int PAGE = 4096;

  private GradientLoop() {}

  /** Runs it. */
  public static void main(String... args) throws IOException {
    Block block = cnn();
    try (DjlModel model = DjlModel.of(block, io.gauntlet.model.Shape.of(3, 16, 16))) {
      NDManager manager = block.getParameters().valueAt(0).getArray().getManager();
      climb(model, 200);
      print(manager);
      climb(model, 1800);
      print(manager);
    }
  }

  private static Block cnn() {
    return new SequentialBlock()
        .add(conv(8))
        .add(BatchNorm.builder().build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(conv(16))
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(10).build());
  }

  private static Block conv(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optPadding(new Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private static void climb(DjlModel model, int steps) {
    int width = model.inputShape().size();
    Batch x = Batch.wrap(width, new float[ROWS * width]);
    LogitLoss loss = new CrossEntropy(Labels.of(new int[ROWS]));
    for (int step = 0; step < steps; step++) {
      x = x.plus(model.gradient(x, loss).byInput().times(0.01f));
      if (step % 10 == 0) {
        model.logits(x);
        try (ForwardPass pass = model.forward(x)) {
          pass.backward(pass.logits());
          pass.backward(pass.logits());
        }
      }
    }
  }

  private static void print(NDManager manager) throws IOException {
    System.gc();
    Runtime java = Runtime.getRuntime();
    System.out.println(java.totalMemory() - java.freeMemory());
    try (Scanner fields = new Scanner(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII)) {
      fields.next(); // size of the address space
      System.out.println(Long.parseLong(fields.next()) * PAGE);
    }
    System.out.println(manager.getManagedArrays().size());
  }
}
