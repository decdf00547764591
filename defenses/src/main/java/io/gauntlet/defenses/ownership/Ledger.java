package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A random choice of what one client was told: those inputs whose lots are the smallest, which
 * neither order nor repetition of questions changes.
 */
final class Ledger {
  private record Told(Batch input, int wrong) {}

  private final int mostMarks;
  private final int mostControls;
  private final NavigableMap<Double, Told> marks = new TreeMap<>();
  private final NavigableMap<Double, Told> controls = new TreeMap<>();

  Ledger(DawnSettings settings) {
    mostMarks = settings.marks();
    mostControls = settings.marks() * settings.controls();
  }

  synchronized void mark(double lot, float[] input, int wrong) {
    keep(marks, mostMarks, lot, input, wrong);
  }

  synchronized void control(double lot, float[] input, int wrong) {
    keep(controls, mostControls, lot, input, wrong);
  }

  private static void keep(
      NavigableMap<Double, Told> kept, int most, double lot, float[] input, int wrong) {
    if (kept.size() == most && lot >= kept.lastKey()) {
      return;
    }
    kept.putIfAbsent(lot, new Told(Batch.of(input), wrong));
    if (kept.size() > most) {
      kept.pollLastEntry();
    }
  }

  synchronized Optional<Watermark> watermark(String client) {
    if (marks.isEmpty()) {
      return Optional.empty();
    }
    int width = marks.firstEntry().getValue().input().width();
    return Optional.of(
        new Watermark(client, examples(width, marks.values()), examples(width, controls.values())));
  }

  private static Examples examples(int width, Collection<Told> told) {
    float[] values = new float[told.size() * width];
    int[] labels = new int[told.size()];
    int row = 0;
    for (Told one : told) {
      System.arraycopy(one.input().row(0), 0, values, row * width, width);
      labels[row++] = one.wrong();
    }
    return Examples.of(Batch.wrap(width, values), labels);
  }
}
