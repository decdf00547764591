package io.gauntlet.nd4j;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A program that attacks a small network and prints what memory it uses after 400 steps and after
 * every further {@value #STEPS_OF_LEG}: bytes of Java heap, resident bytes. In a JVM of its own,
 * whose heap is resident from the start, since one that grows and shrinks drowns any leak.
 */
final class GradientLoop {
  static final int LEGS = 4;
  static final int STEPS_OF_LEG = 500;

  private static final int ROWS = 64;
  private static final int PAGE = 4096;

  private GradientLoop() {}

  /** Runs it for the kind of model that the only argument names. */
  public static void main(String... args) throws IOException {
    DifferentiableModel model =
        switch (args[0]) {
          case "graph" -> NetworkModel.of(Fixtures.smoothGraph(), Fixtures.IMAGES);
          case "stack" -> NetworkModel.of(Fixtures.smoothStack(DataType.FLOAT), Fixtures.IMAGES);
          default ->
              SameDiffModel.of(Fixtures.smoothSameDiff(), "input", "logits", Fixtures.IMAGES);
        };
    climb(model, 400);
    print();
    for (int leg = 0; leg < LEGS; leg++) {
      climb(model, STEPS_OF_LEG);
      print();
    }
  }

  private static void climb(DifferentiableModel model, int steps) {
    int width = model.inputShape().size();
    Batch x = Batch.wrap(width, new float[ROWS * width]);
    LogitLoss loss = new CrossEntropy(Labels.of(new int[ROWS]));
    for (int step = 0; step < steps; step++) {
      if (step % 50 == 0) {
        System.gc(); // what waits to be collected comes and goes, and drowns any leak too
      }
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

  private static void print() throws IOException {
    long used = Long.MAX_VALUE;
    for (int time = 0; time < 40; time++) { // ND4J's own cleaners follow the collector with a delay
      System.gc();
      Runtime java = Runtime.getRuntime();
      used = Math.min(used, java.totalMemory() - java.freeMemory());
    }
    System.out.println("memory " + used);
    try (Scanner fields = new Scanner(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII)) {
      fields.next(); // size of the address space
      System.out.println("memory " + Long.parseLong(fields.next()) * PAGE);
    }
  }
}
