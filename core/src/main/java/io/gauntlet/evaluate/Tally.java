package io.gauntlet.evaluate;

import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The account of one attack on one micro-batch: what each example has cost, what it may still cost,
 * and the closest success the model was seen to answer to. Confined to one thread.
 */
final class Tally {
  private final Neighbourhood allowed;
  private final Goal goal;
  private final OptionalLong limit;
  private final Stopwatch watch;
  private final long[] forward;
  private final long[] backward;
  private final boolean[] sawGradient;
  private final float[][] lastAnswer;
  private final @Nullable Batch[] success;

  Tally(Neighbourhood allowed, Goal goal, OptionalLong limit, Stopwatch watch) {
    this.allowed = allowed;
    this.goal = goal;
    this.limit = limit;
    this.watch = watch;
    int rows = allowed.clean().rows();
    forward = new long[rows];
    backward = new long[rows];
    sawGradient = new boolean[rows];
    lastAnswer = new float[rows][];
    success = new Batch[rows];
  }

  void checkTime() {
    watch.check();
  }

  /** Charges a forward pass; the positions of the inputs whose example could pay. */
  int[] payForward(Batch inputs) {
    return pay(inputs, forward);
  }

  /** Charges a backward pass; the positions of the inputs whose example could pay. */
  int[] payBackward(Batch inputs) {
    return pay(inputs, backward);
  }

  private int[] pay(Batch inputs, long[] account) {
    int[] paying = new int[inputs.rows()];
    int count = 0;
    for (int i = 0; i < paying.length; i++) {
      int row = allowed.clean().rowOf(inputs.example(i));
      if (limit.isEmpty() || forward[row] + backward[row] < limit.getAsLong()) {
        account[row]++;
        paying[count++] = i;
      }
    }
    if (count == 0 && inputs.rows() > 0) {
      throw new Stop(Stop.Reason.QUERIES);
    }
    return count == paying.length ? paying : Arrays.copyOf(paying, count);
  }

  boolean isLimited() {
    return limit.isPresent();
  }

  /**
   * Takes note of answers. Only under a limit: without one, what the attack returns is all that
   * counts.
   */
  void observe(Batch inputs, Batch logits) {
    if (limit.isEmpty() && !watch.hasLimit()) {
      return;
    }
    for (int i = 0; i < inputs.rows(); i++) {
      int row = allowed.clean().rowOf(inputs.example(i));
      lastAnswer[row] = logits.row(i);
      if (goal.isReached(logits, i) && allowed.contains(inputs, i)) {
        Batch known = success[row];
        if (known == null || allowed.distance(inputs, i) < allowed.distance(known, 0)) {
          success[row] = inputs.select(i);
        }
      }
    }
  }

  void observeGradient(Batch inputs, Batch byInput) {
    for (int i = 0; i < inputs.rows(); i++) {
      int row = allowed.clean().rowOf(inputs.example(i));
      for (int j = 0; j < byInput.width() && !sawGradient[row]; j++) {
        sawGradient[row] = byInput.get(i, j) != 0;
      }
    }
  }

  /** The last answer to this example, for one that can pay no more. */
  float[] lastAnswer(long example) {
    return lastAnswer[allowed.clean().rowOf(example)];
  }

  /** The closest success seen for the clean example in this row, if any. */
  @Nullable Batch success(int row) {
    return success[row];
  }

  boolean isSpent(int row) {
    return limit.isPresent() && forward[row] + backward[row] >= limit.getAsLong();
  }

  long forwardQueries(int row) {
    return forward[row];
  }

  long gradientQueries(int row) {
    return backward[row];
  }

  /** Whether the attack asked for gradients here and every one was zero. */
  boolean wasBlind(int row) {
    return backward[row] > 0 && !sawGradient[row];
  }
}
