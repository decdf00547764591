package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Clients, honest and not, of a classifier of five blurred patterns of 100 features. */
final class Traffic {
  static final int CLASSES = 5;
  static final int FEATURES = 100;
  private static final float[][] CENTRES = centres();

  private Traffic() {}

  private static float[][] centres() {
    float[][] centres = new float[CLASSES][FEATURES];
    for (int c = 0; c < CLASSES; c++) {
      RandomGenerator random = Seed.of(99).forExample(c);
      for (int j = 0; j < FEATURES; j++) {
        centres[c][j] = 0.3f + 0.4f * random.nextFloat();
      }
    }
    return centres;
  }

  /** Answers with the nearest centre. */
  static Model model() {
    return nearest(CENTRES, 2);
  }

  /** The linear model whose logits are minus the squared distances to centres, times a scale. */
  static Model nearest(float[][] centres, float scale) {
    float[][] weights = new float[centres.length][centres[0].length];
    float[] bias = new float[centres.length];
    for (int c = 0; c < centres.length; c++) {
      for (int j = 0; j < weights[c].length; j++) {
        weights[c][j] = 2 * scale * centres[c][j];
        bias[c] -= scale * centres[c][j] * centres[c][j];
      }
    }
    return Mlp.linear(Domain.UNIT, weights, bias);
  }

  static float[] honest(RandomGenerator random) {
    return around(CENTRES[random.nextInt(CLASSES)], 0.1, random);
  }

  static float[] around(float[] centre, double deviation, RandomGenerator random) {
    float[] x = new float[centre.length];
    for (int j = 0; j < x.length; j++) {
      x[j] = clip(centre[j] + deviation * random.nextGaussian());
    }
    return x;
  }

  static float[] noise(RandomGenerator random) {
    float[] x = new float[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      x[j] = random.nextFloat();
    }
    return x;
  }

  /** Every feature one step up or down. */
  static float[] stepped(float[] from, double step, RandomGenerator random) {
    float[] x = new float[from.length];
    for (int j = 0; j < x.length; j++) {
      x[j] = clip(from[j] + (random.nextBoolean() ? step : -step));
    }
    return x;
  }

  private static float clip(double value) {
    return (float) Math.min(1, Math.max(0, value));
  }

  static Batch many(int rows, Function<RandomGenerator, float[]> draw) {
    float[][] inputs = new float[rows][];
    for (int i = 0; i < rows; i++) {
      inputs[i] = draw.apply(Seed.of(7).forExample(i));
    }
    return Batch.of(inputs);
  }

  /** Rows asked until the monitor gives alarm, in queries of one row. */
  static OptionalLong latency(
      Model model,
      Monitor monitor,
      String client,
      int rows,
      Function<RandomGenerator, float[]> draw) {
    GuardedModel guarded = GuardedModel.of(model).guardedBy(monitor);
    RandomGenerator random = Seed.of(client.hashCode()).forExample(0);
    for (int i = 0; i < rows; i++) {
      Reply reply = guarded.ask(client, Batch.of(draw.apply(random)));
      List<Alarm> alarms = ((Reply.Answered) reply).alarms();
      if (!alarms.isEmpty()) {
        return OptionalLong.of(alarms.get(0).latency());
      }
    }
    return OptionalLong.empty();
  }

  /** Share of honest clients under suspicion after so many rows each. */
  static double falseAlarms(
      Model model,
      Monitor monitor,
      int clients,
      int rows,
      Function<RandomGenerator, float[]> draw) {
    int suspected = 0;
    for (int client = 0; client < clients; client++) {
      suspected += latency(model, monitor, "honest " + client, rows, draw).isPresent() ? 1 : 0;
    }
    return suspected / (double) clients;
  }
}
