package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.trigger.Trigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import java.util.Arrays;

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

  /** The attacked examples only, triggered, each labelled with what the model is to answer. */
  static Examples triggered(Examples test, Trigger trigger, Aim aim, Domain domain) {
    Examples attacked = test.select(test.labels().rowsWhere(aim::attacks));
    return trigger
        .on(attacked, domain)
        .withLabels(attacked.labels().relabelled((row, label) -> aim.wanted(label)));
  }
}
