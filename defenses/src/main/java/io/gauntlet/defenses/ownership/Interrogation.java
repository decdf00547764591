package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import java.util.ArrayList;
import java.util.List;

/** Questions to a suspect, in batches of the size it likes. */
final class Interrogation {
  private Interrogation() {}

  /** How many examples the suspect gives their label. */
  static int matches(Model suspect, Examples examples) {
    if (examples.count() == 0) {
      return 0;
    }
    Batch scores = scores(suspect, examples);
    int matches = 0;
    for (int i = 0; i < examples.count(); i++) {
      matches += scores.argmax(i) == examples.labels().atRow(i) ? 1 : 0;
    }
    return matches;
  }

  /** The suspect's scores of all examples, at least one. */
  static Batch scores(Model suspect, Examples examples) {
    examples.labels().check(suspect.classes());
    return scores(suspect, examples.inputs());
  }

  static Batch scores(Model suspect, Batch inputs) {
    int features = suspect.inputShape().size();
    if (inputs.width() != features) {
      throw new IllegalArgumentException(
          "the suspect must take the claim's %s features, but takes %s"
              .formatted(inputs.width(), features));
    }
    int size = suspect.concurrency().preferredBatch();
    List<Batch> answers = new ArrayList<>();
    for (int from = 0; from < inputs.rows(); from += size) {
      Batch asked = inputs.slice(from, Math.min(inputs.rows(), from + size));
      answers.add(checked(suspect, asked.answeredBy(suspect.logits(asked))));
    }
    return Batch.concat(answers);
  }

  private static Batch checked(Model suspect, Batch scores) {
    if (scores.width() != suspect.classes()) {
      throw new ModelException(
          "the suspect says it has %s classes, but returned %s scores per example"
              .formatted(suspect.classes(), scores.width()));
    }
    for (int i = 0; i < scores.rows(); i++) {
      for (int k = 0; k < scores.width(); k++) {
        if (!Float.isFinite(scores.get(i, k))) {
          throw new ModelException(
              "every score must be finite, but that of class %s of example %s was %s"
                  .formatted(k, scores.example(i), scores.get(i, k)));
        }
      }
    }
    return scores;
  }
}
