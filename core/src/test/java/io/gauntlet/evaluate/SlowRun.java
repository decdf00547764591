package io.gauntlet.evaluate;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** An evaluation that another JVM runs until it is killed, and this one then finishes. */
final class SlowRun {
  private static final int EXAMPLES = 60;
  private static final int FEATURES = 4;
  private static final int CLASSES = 3;

  private SlowRun() {}

  /** Starts the evaluation with the checkpoint {@code arguments[0]}, as slow as it must be. */
  public static void main(String[] arguments) {
    Spy slow =
        Spy.on(
            model(),
            inputs -> {
              try {
                Thread.sleep(20); // makes time to be killed in; nothing waits for it to be over
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    robustness(slow, new ConcurrentHashMap<>())
        .withBatch(2)
        .withCheckpoint(Path.of(arguments[0]))
        .withProgress(step -> System.out.println(step.number() + " " + step.done()))
        .evaluate(examples());
  }

  /**
   * The evaluation of a model.
   *
   * @param attacked how often each example was given to the first attack
   */
  static Robustness<DifferentiableModel> robustness(
      DifferentiableModel model, Map<Long, Integer> attacked) {
    return Robustness.of(model)
        .under(ThreatModel.linf(0.2f).withQueries(1000)) // so that nobody tries survivors again
        .attackedBy(climb("Climb", 0.05f, attacked), climb("Leap", 0.2f, new ConcurrentHashMap<>()))
        .withSeed(5);
  }

  private static Attack<DifferentiableModel> climb(
      String name, float step, Map<Long, Integer> attacked) {
    return new Attempt<>(
        name,
        (model, allowed, goal, seed) -> {
          Batch x = allowed.sample(seed);
          for (int i = 0; i < x.rows(); i++) {
            attacked.merge(x.example(i), 1, Integer::sum);
          }
          for (int i = 0; i < 3; i++) {
            Batch slope = model.gradient(x, goal.loss(Objective.MARGIN)).byInput();
            x = allowed.project(x.plus(allowed.steepest(x, slope, step)));
          }
          return x;
        });
  }

  static Mlp model() {
    RandomGenerator random = Seed.of(1).forExample(0);
    float[][] weights = new float[CLASSES][FEATURES];
    for (float[] row : weights) {
      fill(row, random);
    }
    return Mlp.linear(Domain.of(-1, 1), weights, new float[CLASSES]);
  }

  static Examples examples() {
    RandomGenerator random = Seed.of(2).forExample(0);
    float[][] inputs = new float[EXAMPLES][FEATURES];
    for (float[] row : inputs) {
      fill(row, random);
    }
    Batch batch = Batch.of(inputs);
    Batch scores = model().logits(batch);
    int[] labels = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      labels[i] = i % 9 == 0 ? (scores.argmax(i) + 1) % CLASSES : scores.argmax(i);
    }
    return Examples.of(batch, labels);
  }

  private static void fill(float[] row, RandomGenerator random) {
    for (int j = 0; j < row.length; j++) {
      row[j] = 2 * random.nextFloat() - 1;
    }
  }
}
