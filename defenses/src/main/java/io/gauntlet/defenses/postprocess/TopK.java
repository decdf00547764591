package io.gauntlet.defenses.postprocess;

import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import java.util.Arrays;

/**
 * Tells the {@code k} largest probabilities as they are and 0 for the rest; of equal ones the first
 * are told.
 *
 * <p>Follows Orekondy, Schiele, Fritz: <a href="https://arxiv.org/abs/1812.02766">Knockoff
 * Nets</a>, CVPR 2019, who measure it as truncation.
 *
 * <p><b>An adaptive thief</b> spreads what is missing evenly over the classes that are not told and
 * loses little; with k at least 2 the difference of two logits is still exact.
 *
 * @param k classes to tell; at least 1
 */
public record TopK(int k) implements OutputGuard {
  /** Checks the number. */
  public TopK {
    Check.atLeast(1, k, "k");
  }

  @Override
  public Batch apply(Query query, Batch probabilities) {
    return probabilities.editRows(
        (i, p) -> {
          float[] all = p.clone();
          Arrays.fill(p, 0);
          for (int told = 0; told < Math.min(k, p.length); told++) {
            int next = Rows.argmax(all);
            p[next] = all[next];
            all[next] = -1;
          }
        });
  }
}
