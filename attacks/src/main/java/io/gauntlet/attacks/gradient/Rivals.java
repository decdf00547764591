package io.gauntlet.attacks.gradient;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.List;

/** The classes an example is most easily mistaken for. */
final class Rivals {
  private Rivals() {}

  /**
   * For each example its likeliest wrong class, then the second likeliest, and so on: {@code most}
   * of them, or as many as there are.
   */
  static List<Labels> of(Model model, Batch clean, Labels labels, int most) {
    Batch logits = clean.answeredBy(model.logits(clean));
    int count = Math.min(most, logits.width() - 1);
    int[][] ranked = new int[count][clean.rows()];
    for (int i = 0; i < clean.rows(); i++) {
      boolean[] taken = new boolean[logits.width()];
      taken[labels.classOf(clean.example(i))] = true;
      for (int rank = 0; rank < count; rank++) {
        int next = largest(logits, i, taken);
        taken[next] = true;
        ranked[rank][i] = next;
      }
    }
    List<Labels> rivals = new ArrayList<>();
    for (int[] classes : ranked) {
      rivals.add(Labels.of(clean, classes));
    }
    return rivals;
  }

  private static int largest(Batch logits, int row, boolean[] taken) {
    int best = -1;
    for (int k = 0; k < taken.length; k++) {
      if (!taken[k] && (best < 0 || logits.get(row, k) > logits.get(row, best))) {
        best = k;
      }
    }
    return best;
  }
}
