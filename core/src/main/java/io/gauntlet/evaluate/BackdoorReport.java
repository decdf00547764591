package io.gauntlet.evaluate;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;

/**
 * What a backdoor does to a model, beside a model of the same kind that was never poisoned. An
 * input that belongs to the wanted class anyway proves nothing and is not asked.
 *
 * @param accuracy clean test examples that the suspect answers rightly
 * @param referenceAccuracy those that the never-poisoned model answers rightly
 * @param success triggered examples of another class that the suspect takes for the wanted one
 *     (attack success rate)
 * @param referenceSuccess those that the never-poisoned model takes for it too, to be seen beside
 *     {@code success}: so many the trigger fools without a backdoor
 */
public record BackdoorReport(
    Rate accuracy, Rate referenceAccuracy, Rate success, Rate referenceSuccess) {

  /**
   * Asks both models.
   *
   * @param suspect trained on data that may be poisoned
   * @param reference the same, trained on the data before
   * @param test examples that neither was trained on, under their true labels
   * @param triggered some of the test examples with the trigger, at their positions, labelled with
   *     the class that the attacker wants
   * @throws IllegalArgumentException if there are no test examples, if a triggered example is none
   *     of them, or if all triggered examples belong to the wanted class anyway
   */
  public static BackdoorReport measure(
      Model suspect, Model reference, Examples test, Examples triggered) {
    Examples foreign =
        triggered.select(
            triggered
                .inputs()
                .rowsWhere(
                    row ->
                        test.labels().classOf(triggered.inputs().example(row))
                            != triggered.labels().atRow(row)));
    if (test.count() == 0 || foreign.count() == 0) {
      throw new IllegalArgumentException(
          "a backdoor is measured on clean examples and on triggered ones of other classes,"
              + " but there were %s and %s".formatted(test.count(), foreign.count()));
    }
    return new BackdoorReport(
        answeredAsLabelled(suspect, test),
        answeredAsLabelled(reference, test),
        answeredAsLabelled(suspect, foreign),
        answeredAsLabelled(reference, foreign));
  }

  private static Rate answeredAsLabelled(Model model, Examples examples) {
    examples.labels().check(model.classes());
    int size = model.concurrency().preferredBatch();
    int count = 0;
    for (int from = 0; from < examples.count(); from += size) {
      int to = Math.min(examples.count(), from + size);
      Batch logits = Answers.logits(model, examples.inputs().slice(from, to));
      for (int row = from; row < to; row++) {
        count += logits.argmax(row - from) == examples.labels().atRow(row) ? 1 : 0;
      }
    }
    return new Rate(count, examples.count());
  }

  /** How much accuracy the poison costs, in [-1, 1]; below 0 if the suspect is the better one. */
  public double accuracyDrop() {
    return referenceAccuracy.value() - accuracy.value();
  }
}
