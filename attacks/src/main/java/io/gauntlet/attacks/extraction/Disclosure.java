package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import java.util.Arrays;

/** What a victim tells whoever asks it: what the thief sees of an answer. */
public sealed interface Disclosure {
  /** The probability of every class. */
  record Scores() implements Disclosure {
    @Override
    public Batch reveal(Batch logits) {
      return logits.editRows((row, z) -> toLogProbabilities(z));
    }
  }

  /**
   * The probabilities of the likeliest classes. The thief takes the others for equally likely,
   * which is all that is known of them.
   *
   * @param k classes revealed; at least 1
   */
  record TopK(int k) implements Disclosure {
    /** Checks the number. */
    public TopK {
      Check.atLeast(1, k, "k");
    }

    @Override
    public Batch reveal(Batch logits) {
      return logits.editRows(
          (row, z) -> {
            toLogProbabilities(z);
            if (k < z.length) {
              spreadTheRest(z);
            }
          });
    }

    private void spreadTheRest(float[] logProbabilities) {
      Integer[] likeliestFirst = new Integer[logProbabilities.length];
      Arrays.setAll(likeliestFirst, i -> i);
      Arrays.sort(
          likeliestFirst, (a, b) -> Float.compare(logProbabilities[b], logProbabilities[a]));
      double known = 0;
      for (int rank = 0; rank < k; rank++) {
        known += Math.exp(logProbabilities[likeliestFirst[rank]]);
      }
      double each = Math.max(0, 1 - known) / (logProbabilities.length - k);
      for (int rank = k; rank < logProbabilities.length; rank++) {
        logProbabilities[likeliestFirst[rank]] = (float) Math.log(each);
      }
    }
  }

  /** The likeliest class and nothing else. */
  record LabelOnly() implements Disclosure {
    @Override
    public Batch reveal(Batch logits) {
      return logits.editRows(
          (row, z) -> {
            int label = logits.argmax(row);
            Arrays.fill(z, Float.NEGATIVE_INFINITY);
            z[label] = 0;
          });
    }
  }

  /**
   * What the thief concludes from what is revealed.
   *
   * @param logits the victim's answer, shape (rows, classes)
   * @return logarithms of the probabilities, same shape; minus infinity for a probability of zero
   */
  Batch reveal(Batch logits);

  private static void toLogProbabilities(float[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    for (int k = 0; k < logits.length; k++) {
      logits[k] = (float) (logits[k] - max - Math.log(sum));
    }
  }
}
