package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Batch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The claim that a network gives one label to every input that an attacker may reach from one: what
 * a {@link Verifier} proves or refutes. {@link Claims} makes them. Not to be shared by threads: it
 * remembers its intervals.
 */
public final class Claim {
  private final Weighed network;
  private final Batch input;
  private final int label;
  private final Region region;
  private final boolean inFloats;
  private @Nullable List<Box> intervals;

  Claim(Weighed network, Batch input, int label, Region region, boolean inFloats) {
    this.network = network;
    this.input = input;
    this.label = label;
    this.region = region;
    this.inFloats = inFloats;
  }

  /** The input that the others are reached from: one row. */
  public Batch input() {
    return input;
  }

  /** The label that all of them are claimed to have. */
  public int label() {
    return label;
  }

  /** Position of the input in its data set. */
  public long example() {
    return input.example(0);
  }

  /** What the network answers. */
  int predictionOf(Batch one) {
    return network.network().logits(one).argmax(0);
  }

  Weighed weighed() {
    return network;
  }

  Region region() {
    return region;
  }

  /** A box around every value of the network. */
  List<Box> intervals() {
    if (intervals == null) {
      intervals = Intervals.of(network, region);
    }
    return intervals;
  }

  /** The label's logit minus that of each class, each a linear form in the logits. */
  double[] @Nullable [] marginForms() {
    int classes = network.network().classes();
    double[] @Nullable [] forms = new double[classes][];
    for (int c = 0; c < classes; c++) {
      double[] row = new double[classes];
      if (c == label) {
        Arrays.fill(row, 1);
      }
      row[c] -= 1;
      forms[c] = row;
    }
    return forms;
  }

  /**
   * How far each logit may be off in an engine that computes in 32 bits, whatever order it adds in;
   * 0 if the claim is about exact arithmetic.
   *
   * @param boxes around every value
   */
  double[] drifts(List<Box> boxes) {
    return inFloats ? Drift.ofLogits(network, boxes) : new double[network.network().classes()];
  }
}
