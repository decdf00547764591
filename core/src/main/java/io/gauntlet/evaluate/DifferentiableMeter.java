package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import java.util.Arrays;

/** A {@link Meter} that lets gradients through. */
final class DifferentiableMeter extends Meter implements DifferentiableModel {
  private final DifferentiableModel model;

  DifferentiableMeter(DifferentiableModel model, Tally tally) {
    super(model, tally);
    this.model = model;
  }

  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    if (tally.isLimited()) {
      return DifferentiableModel.super.gradient(inputs, loss); // some may pay forward only
    }
    tally.checkTime();
    tally.payForward(inputs);
    tally.payBackward(inputs);
    Gradient gradient = model.gradient(inputs, loss);
    Batch logits = Answers.checkLogits(model, inputs, gradient.logits());
    Batch byInput = Answers.checkGradient(inputs, gradient.byInput());
    tally.observe(inputs, logits);
    tally.observeGradient(inputs, byInput);
    return new Gradient(logits, inputs.answeredBy(gradient.losses()), byInput);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    tally.checkTime();
    int[] paying = tally.payForward(inputs);
    if (paying.length == 0 && inputs.rows() > 0) {
      return new UnpaidPass(inputs);
    }
    Batch asked = paying.length == inputs.rows() ? inputs : inputs.select(paying);
    ForwardPass pass = model.forward(asked);
    try {
      Batch answer = Answers.checkLogits(model, asked, pass.logits());
      tally.observe(asked, answer);
      return new MeteredPass(inputs, paying, asked, pass, spread(inputs, paying, answer));
    } catch (RuntimeException e) {
      pass.close();
      throw e;
    }
  }

  private final class MeteredPass implements ForwardPass {
    private final Batch inputs;
    private final int[] paying;
    private final Batch asked;
    private final ForwardPass pass;
    private final Batch logits;

    MeteredPass(Batch inputs, int[] paying, Batch asked, ForwardPass pass, Batch logits) {
      this.inputs = inputs;
      this.paying = paying;
      this.asked = asked;
      this.pass = pass;
      this.logits = logits;
    }

    @Override
    public Batch logits() {
      return logits;
    }

    @Override
    public Batch backward(Batch byLogit) {
      tally.checkTime();
      int[] paid = tally.payBackward(asked);
      float[] all = new float[inputs.rows() * inputs.width()];
      if (paid.length > 0 || asked.rows() == 0) {
        Batch weights = paying.length == inputs.rows() ? byLogit : byLogit.select(paying);
        Batch byInput = Answers.checkGradient(asked, pass.backward(only(paid, weights)));
        for (int i : paid) { // rows that could not pay for the way back get a zero gradient
          System.arraycopy(byInput.row(i), 0, all, paying[i] * inputs.width(), inputs.width());
        }
        tally.observeGradient(asked.select(paid), byInput.select(paid));
      }
      return inputs.withValues(inputs.width(), all);
    }

    /** The weights of these rows; the others are part of the pass, but are asked nothing. */
    private static Batch only(int[] paid, Batch weights) {
      return paid.length == weights.rows()
          ? weights
          : weights.editRows(
              (i, w) -> {
                if (Arrays.binarySearch(paid, i) < 0) {
                  Arrays.fill(w, 0);
                }
              });
    }

    @Override
    public void close() {
      pass.close();
    }
  }

  /** What a pass is for examples none of which can pay: old scores, no gradients, no model. */
  private final class UnpaidPass implements ForwardPass {
    private final Batch inputs;

    UnpaidPass(Batch inputs) {
      this.inputs = inputs;
    }

    @Override
    public Batch logits() {
      return lastAnswers(inputs);
    }

    @Override
    public Batch backward(Batch byLogit) {
      tally.checkTime();
      tally.payBackward(inputs);
      return inputs.times(0);
    }

    @Override
    public void close() {
      // the model was not asked
    }
  }
}
