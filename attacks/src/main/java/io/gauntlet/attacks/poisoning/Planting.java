package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.trigger.Trigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Puts changed rows and wanted labels into data. */
final class Planting {
  private Planting() {}

  /** The data with these rows, ascending, replaced by the rows of {@code changed}. */
  static Examples replaced(Examples data, int[] rows, Batch changed) {
    Batch inputs =
        data.inputs()
            .editRows(
                (row, x) -> {
                  int found = Arrays.binarySearch(rows, row);
                  if (found >= 0) {
                    changed.copyRow(found, x);
                  }
                });
    return data.withInputs(inputs);
  }

  /** Labels as the aim wants them in these rows, ascending, and as they were elsewhere. */
  static Labels relabelled(Labels labels, int[] rows, Aim aim) {
    return labels.relabelled((row, label) -> Draw.contains(rows, row) ? aim.wanted(label) : label);
  }

  /** So many random examples of one class, as rows, ascending. */
  static int[] some(Examples training, int label, int count, Seed seed) {
    Check.atLeast(1, count, "number of poisons");
    return Draw.some(training.labels().rowsWhere(other -> other == label), count, seed);
  }

  /** What comes of moving these rows, ascending, under their own labels. */
  static Poisoned<Examples> moved(
      Examples training, int[] rows, Batch poisons, Poisoning by, Seed seed) {
    return new Poisoned<>(
        replaced(training, rows, poisons),
        training.labels(),
        Draw.positions(training.labels(), rows),
        by,
        seed);
  }

  /** What comes of adding rows at the end, numbered on. */
  static Poisoned<Examples> added(
      Examples training,
      Batch poisons,
      List<Integer> labels,
      List<Integer> originals,
      Poisoning by,
      Seed seed) {
    int last = training.count() - 1;
    long next = last < 0 ? 0 : training.inputs().example(last) + 1;
    List<Long> positions = LongStream.range(next, next + poisons.rows()).boxed().toList();
    Batch inputs =
        Batch.concat(
            List.of(
                training.inputs(),
                poisons.standingFor(positions.stream().mapToLong(Long::longValue).toArray())));
    return new Poisoned<>(
        new Examples(
            training.shape(),
            inputs,
            continued(inputs, training.labels(), labels),
            training.classNames()),
        continued(inputs, training.labels(), originals),
        positions,
        by,
        seed);
  }

  private static Labels continued(Batch inputs, Labels labels, List<Integer> more) {
    int[] all = new int[inputs.rows()];
    Arrays.setAll(
        all, row -> row < labels.count() ? labels.atRow(row) : more.get(row - labels.count()));
    return Labels.of(inputs, all);
  }

  /** The attacked examples only, triggered, each labelled with what the model is to answer. */
  static Examples triggered(Examples test, Trigger trigger, Aim aim, Domain domain) {
    Examples attacked = test.select(test.labels().rowsWhere(aim::attacks));
    return trigger
        .on(attacked, domain)
        .withLabels(attacked.labels().relabelled((row, label) -> aim.wanted(label)));
  }
}
