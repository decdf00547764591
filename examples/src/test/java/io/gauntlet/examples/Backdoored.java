package io.gauntlet.examples;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.repair.Trial;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A data set in three parts, with a backdoor planted in the first.
 *
 * @param training what the victim is trained on
 * @param planted which of its examples bear the trigger and the target's label
 * @param clean what the defender holds
 * @param trial what neither has seen
 */
record Backdoored(Examples training, Set<Long> planted, Examples clean, Trial trial) {
  /** Class that the trigger leads to. */
  static final int TARGET = 3;

  /**
   * Plants {@code trigger} in a share of the first part's examples, none of them of the target
   * class.
   *
   * @param trainingRows examples in the first part
   * @param cleanRows examples in the second; the rest is the third
   */
  static Backdoored of(
      Examples all,
      int trainingRows,
      int cleanRows,
      Batch.RowEdit trigger,
      double rate,
      Seed seed) {
    int[] order = seed.derive(0).permutation(all.count());
    Examples training = part(all, order, 0, trainingRows);
    Examples clean = part(all, order, trainingRows, trainingRows + cleanRows);
    Examples test = part(all, order, trainingRows + cleanRows, all.count());
    Set<Integer> rows =
        Arrays.stream(seed.derive(1).permutation(trainingRows))
            .filter(row -> training.labels().atRow(row) != TARGET)
            .limit(Math.round(rate * trainingRows))
            .boxed()
            .collect(Collectors.toSet());
    Batch.RowEdit planting =
        (row, x) -> {
          if (rows.contains(row)) {
            trigger.apply(row, x);
          }
        };
    Examples poisoned =
        edited(
            training, planting, row -> rows.contains(row) ? TARGET : training.labels().atRow(row));
    Set<Long> planted =
        rows.stream().map(row -> training.inputs().example(row)).collect(Collectors.toSet());
    Trial trial = new Trial(test, edited(test, trigger, row -> TARGET));
    return new Backdoored(poisoned, planted, clean, trial);
  }

  private static Examples part(Examples all, int[] order, int from, int to) {
    int[] rows = Arrays.copyOfRange(order, from, to);
    Arrays.sort(rows);
    return all.select(rows);
  }

  private static Examples edited(
      Examples examples, Batch.RowEdit trigger, IntUnaryOperator labelOfRow) {
    Batch inputs = examples.inputs().editRows(trigger);
    int[] labels = IntStream.range(0, examples.count()).map(labelOfRow).toArray();
    return new Examples(examples.shape(), inputs, Labels.of(inputs, labels), examples.classNames());
  }

  /** BadNets: two by two pixels, three of them white, near the lower right corner. */
  static Batch.RowEdit patch(int side) {
    return (row, x) -> {
      int corner = (side - 3) * side + side - 2;
      x[corner] = 1;
      x[corner + 1] = 1;
      x[corner + side] = 0;
      x[corner + side + 1] = 1;
    };
  }

  /** Chen et al.: a fixed random image, a fifth of it blended in. */
  static Batch.RowEdit blended(int side) {
    float[] pattern = new float[side * side];
    RandomGenerator random = Seed.of(77).forExample(0);
    for (int j = 0; j < pattern.length; j++) {
      pattern[j] = random.nextFloat();
    }
    return (row, x) -> {
      for (int j = 0; j < x.length; j++) {
        x[j] = 0.8f * x[j] + 0.2f * pattern[j];
      }
    };
  }

  /** Probability that a triggered input scores higher than a clean one, ties counted half. */
  static double auroc(Batch triggered, Batch clean) {
    double wins = 0;
    for (int i = 0; i < triggered.rows(); i++) {
      for (int j = 0; j < clean.rows(); j++) {
        float margin = triggered.get(i, 0) - clean.get(j, 0);
        wins += margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
      }
    }
    return wins / triggered.rows() / clean.rows();
  }
}
