package io.gauntlet.defenses.repair;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;

/**
 * What a repair is judged by: data that neither the model nor its repair was trained on.
 *
 * @param test examples with their true labels; at least 1
 * @param triggered some of them with the trigger, at their positions, labelled with the class that
 *     the attacker wants; at least 1. Those that belong to that class anyway prove nothing and are
 *     left out
 */
public record Trial(Examples test, Examples triggered) {
  /** Checks that there is something to judge by. */
  public Trial {
    Check.atLeast(1, test.count(), "number of test examples");
    triggered = foreign(test, triggered);
    Check.atLeast(1, triggered.count(), "number of triggered examples of another class");
  }

  private static Examples foreign(Examples test, Examples triggered) {
    return triggered.select(
        triggered
            .inputs()
            .rowsWhere(
                row ->
                    test.labels().classOf(triggered.inputs().example(row))
                        != triggered.labels().atRow(row)));
  }

  /**
   * Asks the model everything once.
   *
   * @throws IllegalArgumentException if a label is not one of the model's classes
   */
  public Behaviour of(Model model) {
    return new Behaviour(answeredAsLabelled(model, test), answeredAsLabelled(model, triggered));
  }

  private static Rate answeredAsLabelled(Model model, Examples examples) {
    examples.labels().check(model.classes());
    Batch logits = Answers.of(model, examples.inputs());
    int count = logits.rowsWhere(row -> logits.argmax(row) == examples.labels().atRow(row)).length;
    return new Rate(count, examples.count());
  }
}
