package io.gauntlet.evaluate;

import io.gauntlet.attack.Goal;
import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The account of one attack on one micro-batch: what each example has cost, what it may still cost,
 * and the closest success the model was seen to answer to. Confined to one thread.
 */
final class Tally {
  /**
   * Calls in a row for which nobody could pay, after which an attack is taken to go on for ever.
   */
  private static final int PATIENCE = 10_000;

  private final String attack;
  private final Neighbourhood allowed;
  private final Goal goal;
  private final OptionalLong limit;
  private final Stopwatch watch;
  private final long[] forward;
  private final long[] backward;
  private final boolean[] sawGradient;
  private final long[] successPass;
  private final float[][] lastAnswer;
  private final @Nullable Batch[] success;
  private final @Nullable Batch[] proposal;
  private final boolean[] refused;
  private final boolean[] admitted;
  private int unpaid;

  Tally(String attack, Neighbourhood allowed, Goal goal, OptionalLong limit, Stopwatch watch) {
    this.attack = attack;
    this.allowed = allowed;
    this.goal = goal;
    this.limit = limit;
    this.watch = watch;
    int rows = allowed.clean().rows();
    forward = new long[rows];
    backward = new long[rows];
    sawGradient = new boolean[rows];
    successPass = new long[rows];
    lastAnswer = new float[rows][];
    success = new Batch[rows];
    proposal = new Batch[rows];
    refused = new boolean[rows];
    admitted = new boolean[rows];
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
      int row = row(inputs.example(i));
      if (canPay(row)) {
        account[row]++;
        paying[count++] = i;
      } else {
        refused[row] = true;
      }
    }
    unpaid = count == 0 && inputs.rows() > 0 ? unpaid + 1 : 0;
    if (unpaid > 0 && (unpaid > PATIENCE || areAllRefused())) {
      throw new Stop(Stop.Reason.QUERIES);
    }
    return count == paying.length ? paying : Arrays.copyOf(paying, count);
  }

  private boolean canPay(int row) {
    return limit.isEmpty() || forward[row] + backward[row] < limit.getAsLong();
  }

  /**
   * Charges forward passes that the model makes once more before it answers: all of them or, where
   * one example cannot pay, none, and the attack is stopped.
   *
   * @param asked what the model was asked in all; none of it is answered if the attack is stopped
   * @param repeated the part of it that is to be asked again
   */
  void payAgain(Batch asked, Batch repeated) {
    checkTime();
    for (int i = 0; i < repeated.rows(); i++) {
      int row = row(repeated.example(i));
      if (!canPay(row)) {
        refused[row] = true;
        for (int paid = 0; paid < i; paid++) {
          forward[row(repeated.example(paid))]--;
        }
        refuseAllThatCannotPay(asked);
        throw new Stop(Stop.Reason.QUERIES);
      }
      forward[row]++;
    }
  }

  private void refuseAllThatCannotPay(Batch asked) {
    for (int i = 0; i < asked.rows(); i++) {
      int row = row(asked.example(i));
      refused[row] |= !canPay(row);
    }
  }

  private boolean areAllRefused() {
    for (int row = 0; row < refused.length; row++) {
      if (admitted[row] && !refused[row]) {
        return false;
      }
    }
    return true;
  }

  private int row(long example) {
    try {
      return allowed.clean().rowOf(example);
    } catch (IllegalArgumentException e) {
      throw new AttackContractException(
          "%s asked about an example it was not given: %s".formatted(attack, e.getMessage()));
    }
  }

  /** Lets the attack loose on these of the clean examples. */
  void admit(Batch some) {
    Arrays.fill(admitted, false);
    for (int i = 0; i < some.rows(); i++) {
      admitted[row(some.example(i))] = true;
    }
    unpaid = 0;
  }

  /** Takes note of what the attack returned for the examples it was let loose on. */
  void propose(Batch found) {
    for (int i = 0; i < found.rows(); i++) {
      proposal[row(found.example(i))] = found.select(i);
    }
  }

  /** Examples that were let loose on, but could still have paid when the attack was stopped. */
  int[] passedOver() {
    int[] rows = new int[refused.length];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (admitted[row] && !refused[row] && success[row] == null) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /**
   * What to judge the attack by: what it proposed or, where it wanted to ask more than it may, the
   * closest success it was seen to have. So one example's limit is nothing to the others.
   */
  Batch candidates() {
    return allowed
        .clean()
        .editRows(
            (row, x) -> {
              Batch best = proposal[row] == null || refused[row] ? success[row] : proposal[row];
              if (best != null) {
                best.copyRow(0, x);
              }
            });
  }

  /** Whether the model was seen to answer as the attack wants for any example. */
  boolean hasSuccess() {
    return Arrays.stream(success).anyMatch(Objects::nonNull);
  }

  boolean isLimited() {
    return limit.isPresent();
  }

  /**
   * Takes note of answers: of when one was first as wanted and, under a limit, of the closest
   * success. Without a limit, what the attack returns is all that counts.
   */
  void observe(Batch inputs, Batch logits) {
    boolean limited = limit.isPresent() || watch.hasLimit();
    for (int i = 0; i < inputs.rows(); i++) {
      int row = row(inputs.example(i));
      boolean reached = (limited || successPass[row] == 0) && goal.isReached(logits, i);
      if (reached && successPass[row] == 0) {
        successPass[row] = forward[row];
      }
      if (limited) {
        lastAnswer[row] = logits.row(i);
        keep(row, inputs, i, reached);
      }
    }
  }

  private void keep(int row, Batch inputs, int i, boolean reached) {
    if (reached && allowed.contains(inputs, i)) {
      Batch known = success[row];
      if (known == null || allowed.distance(inputs, i) < allowed.distance(known, 0)) {
        success[row] = inputs.select(i);
      }
    }
  }

  void observeGradient(Batch inputs, Batch byInput) {
    for (int i = 0; i < inputs.rows(); i++) {
      int row = row(inputs.example(i));
      for (int j = 0; j < byInput.width() && !sawGradient[row]; j++) {
        sawGradient[row] = byInput.get(i, j) != 0;
      }
    }
  }

  /** The last answer to this example, for one that can pay no more. */
  float[] lastAnswer(long example) {
    return lastAnswer[row(example)];
  }

  long forwardQueries(int row) {
    return forward[row];
  }

  long gradientQueries(int row) {
    return backward[row];
  }

  /** Forward passes up to the first answer that was as wanted; 0 if there was none. */
  long successPass(int row) {
    return successPass[row];
  }

  /** Whether the attack asked for gradients here and every one was zero. */
  boolean wasBlind(int row) {
    return backward[row] > 0 && !sawGradient[row];
  }
}
