package io.gauntlet.attacks.poisoning;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Flips the labels that hurt most: those whose flip adds most to the loss of a proxy.
 *
 * <p>After Xiao, Xiao, Eckert: <a href="https://doi.org/10.3233/978-1-61499-098-7-870">Adversarial
 * Label Flips Attack on Support Vector Machines</a>, ECAI 2012, its farthest-first rule, by the
 * cross-entropy of any model with scores: every chosen example gets the class that the proxy thinks
 * least likely. Draws nothing; where gains are alike, the earlier example is flipped.
 *
 * @param rate share of all examples, rounded to the nearest whole number; from 0 to 1
 */
public record DamagingFlip(double rate) implements Poisoning {
  /** Checks the rate. */
  public DamagingFlip {
    Draw.requireRate(rate);
  }

  /**
   * Flips.
   *
   * @param proxy a model that was trained on like data; answers logits or log-probabilities
   */
  public Poisoned<Labels> poison(Examples training, Model proxy) {
    Check.atLeast(2, proxy.classes(), "number of the proxy's classes");
    Labels labels = training.labels().check(proxy.classes());
    Seed unused = Seed.of(0);
    double[] gain = new double[labels.count()];
    int[] worst = new int[labels.count()];
    int size = proxy.concurrency().preferredBatch();
    for (int from = 0; from < gain.length; from += size) {
      int to = Math.min(gain.length, from + size);
      Batch logits = proxy.logits(training.inputs().slice(from, to));
      for (int i = from; i < to; i++) {
        worst[i] = least(logits, i - from, labels.atRow(i));
        // the difference of two cross-entropies of one row is that of its logits
        gain[i] = logits.get(i - from, labels.atRow(i)) - logits.get(i - from, worst[i]);
      }
    }
    int[] rows =
        IntStream.range(0, gain.length)
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(row -> -gain[row]))
            .limit(Draw.count(rate, gain.length))
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
    return new Poisoned<>(
        labels.relabelled((row, label) -> Draw.contains(rows, row) ? worst[row] : label),
        labels,
        Draw.positions(labels, rows),
        this,
        unused);
  }

  private static int least(Batch logits, int row, int label) {
    int least = label == 0 ? 1 : 0;
    for (int k = 0; k < logits.width(); k++) {
      if (k != label && logits.get(row, k) < logits.get(row, least)) {
        least = k;
      }
    }
    return least;
  }
}
