package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** How many noisy copies of one input the base classifier puts into each class. */
final class Votes {
  private final int[] counts;

  private Votes(int[] counts) {
    this.counts = counts;
  }

  /** No votes yet. */
  static Votes none(int classes) {
    return new Votes(new int[classes]);
  }

  /** SampleUnderNoise of the paper, as many copies at once as the model likes. */
  static Votes sample(Model base, Noise noise, Batch input, int draws, RandomGenerator random) {
    int[] counts = new int[base.classes()];
    int most = base.concurrency().preferredBatch();
    for (int done = 0; done < draws; done += most) {
      Batch copies = noisyCopies(noise, input, Math.min(most, draws - done), random);
      Batch logits = copies.answeredBy(base.logits(copies));
      check(base, logits);
      for (int i = 0; i < logits.rows(); i++) {
        counts[logits.argmax(i)]++;
      }
    }
    return new Votes(counts);
  }

  /** Copies of one row, each with its own noise; not clipped, since the proofs want the noise. */
  static Batch noisyCopies(Noise noise, Batch input, int count, RandomGenerator random) {
    float[] x = input.row(0);
    float[] copies = new float[Math.multiplyExact(count, x.length)];
    for (int i = 0; i < copies.length; i += x.length) {
      System.arraycopy(x, 0, copies, i, x.length);
      noise.addTo(copies, i, i + x.length, random);
    }
    long[] examples = new long[count];
    Arrays.fill(examples, input.example(0));
    return Batch.wrap(x.length, copies).standingFor(examples);
  }

  private static void check(Model base, Batch logits) {
    if (logits.width() != base.classes()) {
      throw new ModelException(
          "the model says it has %s classes, but returned %s scores per example"
              .formatted(base.classes(), logits.width()));
    }
    for (int i = 0; i < logits.rows(); i++) {
      for (int k = 0; k < logits.width(); k++) {
        if (!Float.isFinite(logits.get(i, k))) {
          throw new ModelException(
              "every score must be finite, but score %s of a noisy copy of example %s was %s"
                  .formatted(k, logits.example(i), logits.get(i, k)));
        }
      }
    }
  }

  /** These and others. */
  Votes plus(Votes others) {
    int[] sum = counts.clone();
    for (int k = 0; k < sum.length; k++) {
      sum[k] += others.counts[k];
    }
    return new Votes(sum);
  }

  /** Votes for one class. */
  int of(int label) {
    return counts[label];
  }

  /** The class with most votes, the first where several have. */
  int winner() {
    return mostVoted(-1);
  }

  /** The class with most votes among the others. */
  int runnerUp() {
    return mostVoted(winner());
  }

  private int mostVoted(int except) {
    int best = except == 0 ? 1 : 0;
    for (int k = 0; k < counts.length; k++) {
      if (k != except && counts[k] > counts[best]) {
        best = k;
      }
    }
    return best;
  }
}
