package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.RetryingModel;
import io.gauntlet.model.Shape;

/**
 * A model as an attack sees it: every answer checked, every pass counted.
 *
 * <p>An example whose queries are spent costs the model nothing more: it is told its last answer
 * again, while the others in the batch go on. When everybody was refused, the attack is stopped.
 */
class Meter implements Model {
  private final Model model;
  protected final Tally tally;

  Meter(Model model, Tally tally) {
    this.model = model;
    this.tally = tally;
  }

  @Override
  public Shape inputShape() {
    return model.inputShape();
  }

  @Override
  public Domain domain() {
    return model.domain();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Batch logits(Batch inputs) {
    tally.checkTime();
    int[] paying = tally.payForward(inputs);
    if (paying.length == 0 && inputs.rows() > 0) {
      return lastAnswers(inputs);
    }
    Batch asked = paying.length == inputs.rows() ? inputs : inputs.select(paying);
    Batch answer = Answers.checkLogits(model, asked, ask(asked));
    tally.observe(asked, answer);
    return spread(inputs, paying, answer);
  }

  private Batch ask(Batch asked) {
    return model instanceof RetryingModel retrying
        ? retrying.logits(asked, repeated -> tally.payAgain(asked, repeated))
        : model.logits(asked);
  }

  protected final Batch lastAnswers(Batch inputs) {
    return spread(inputs, new int[0], inputs.select().withValues(classes(), new float[0]));
  }

  /** The answers to the paying rows, and the last answer again for the others. */
  protected final Batch spread(Batch inputs, int[] paying, Batch answer) {
    if (paying.length == inputs.rows()) {
      return answer;
    }
    float[] all = new float[inputs.rows() * answer.width()];
    int next = 0;
    for (int i = 0; i < inputs.rows(); i++) {
      boolean paid = next < paying.length && paying[next] == i;
      float[] row = paid ? answer.row(next++) : tally.lastAnswer(inputs.example(i));
      System.arraycopy(row, 0, all, i * answer.width(), answer.width());
    }
    return inputs.withValues(answer.width(), all);
  }
}
