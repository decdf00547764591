package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Model;
import java.util.Collections;

/**
 * A net behind preprocessings as an attacker goes through them: the mean of its answers, and of the
 * gradients of their losses, over several fresh draws (expectation over transformation).
 */
record ExpectedModel(DifferentiableModel net, Preprocessor preprocessor, int draws, Draws source)
    implements DifferentiableModel, FrontModel {
  @Override
  public Model behind() {
    return net;
  }

  @Override
  public Concurrency concurrency() {
    return net.concurrency().withCopies(draws);
  }

  @Override
  public Batch logits(Batch inputs) {
    Batch copies = copies(inputs);
    Batch seen = preprocessor.apply(copies, source.next(copies)).outputs();
    return mean(copies.answeredBy(net.logits(seen)), inputs);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return new Pass(inputs);
  }

  /** The mean of the losses of the draws, not the loss of their mean. */
  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    try (Pass pass = new Pass(inputs)) {
      Batch answers = pass.answers;
      return new Gradient(
          pass.logits(), mean(loss.values(answers), inputs), pass.pullBack(loss.gradient(answers)));
    }
  }

  /** One behind the other, as often as there are draws. */
  private Batch copies(Batch batch) {
    return draws == 1 ? batch : Batch.concat(Collections.nCopies(draws, batch));
  }

  /** The mean of what the copies of {@code inputs} gave. */
  private Batch mean(Batch ofCopies, Batch inputs) {
    if (draws == 1) {
      return inputs.answeredBy(ofCopies);
    }
    int rows = inputs.rows();
    Batch sum = ofCopies.slice(0, rows);
    for (int draw = 1; draw < draws; draw++) {
      sum = sum.plus(ofCopies.slice(draw * rows, (draw + 1) * rows));
    }
    return inputs.answeredBy(sum.times(1f / draws));
  }

  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final Preprocessor.Passage passage;
    private final ForwardPass behind;
    private final Batch answers;

    Pass(Batch inputs) {
      this.inputs = inputs;
      Batch copies = copies(inputs);
      passage = preprocessor.apply(copies, source.next(copies));
      behind = net.forward(passage.outputs());
      answers = copies.answeredBy(behind.logits());
    }

    @Override
    public Batch logits() {
      return mean(answers, inputs);
    }

    @Override
    public Batch backward(Batch byLogit) {
      return pullBack(copies(byLogit));
    }

    Batch pullBack(Batch byAnswer) {
      return mean(passage.pullBack(behind.backward(byAnswer)), inputs);
    }

    @Override
    public void close() {
      behind.close();
    }
  }
}
