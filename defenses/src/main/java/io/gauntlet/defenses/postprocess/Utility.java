package io.gauntlet.defenses.postprocess;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;

/**
 * What output guards cost honest clients.
 *
 * @param examples how many it was measured on
 * @param unguardedAccuracy share of examples the model gets right
 * @param guardedAccuracy share of examples the answers still get right
 * @param sameClass share of examples whose class the guards keep
 * @param meanL1 mean L1 distance of the probabilities before and behind the guards; 0 to 2
 */
public record Utility(
    int examples,
    double unguardedAccuracy,
    double guardedAccuracy,
    double sameClass,
    double meanL1) {
  private static final int BATCH = 256;
  private static final String CLIENT = "utility";

  /**
   * Asks for all examples with and without guards, with no limits and no monitors between.
   *
   * @throws ModelException if the model or a guard fails
   */
  public static Utility of(Model model, Examples examples, OutputGuard... guards) {
    GuardedModel plain = GuardedModel.of(model);
    GuardedModel guarded = plain.guardedBy(guards);
    Batch inputs = examples.inputs();
    Labels labels = examples.labels();
    int right = 0;
    int stillRight = 0;
    int same = 0;
    double distance = 0;
    for (int from = 0; from < inputs.rows(); from += BATCH) {
      Batch asked = inputs.slice(from, Math.min(inputs.rows(), from + BATCH));
      Batch before = probabilities(plain, asked);
      Batch after = probabilities(guarded, asked);
      for (int i = 0; i < asked.rows(); i++) {
        int label = labels.atRow(from + i);
        right += before.argmax(i) == label ? 1 : 0;
        stillRight += after.argmax(i) == label ? 1 : 0;
        same += before.argmax(i) == after.argmax(i) ? 1 : 0;
        for (int k = 0; k < before.width(); k++) {
          distance += Math.abs(before.get(i, k) - after.get(i, k));
        }
      }
    }
    double n = inputs.rows();
    return new Utility(inputs.rows(), right / n, stillRight / n, same / n, distance / n);
  }

  private static Batch probabilities(GuardedModel model, Batch asked) {
    Reply reply = model.ask(CLIENT, asked);
    if (reply instanceof Reply.Answered answered) {
      return answered.probabilities();
    }
    if (reply instanceof Reply.Failed failed) {
      throw failed.cause();
    }
    throw new IllegalArgumentException("the examples do not fit the model: " + reply);
  }
}
