package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.ArrayList;
import java.util.List;

/** Looks for reasons to distrust a measurement. */
final class Doubts {
  private static final double REPEATABLE = 1e-4; // what AutoAttack's own check allows
  private static final double SUM_TOLERANCE = 1e-3;

  private Doubts() {}

  /**
   * All caveats that apply.
   *
   * @param probe a few clean examples to ask the model about, three times
   */
  static List<Caveat> about(Model model, Batch probe, RobustnessReport report, Ledger ledger) {
    List<Caveat> caveats = new ArrayList<>();
    Batch first = Answers.logits(model, probe);
    double difference =
        Math.max(
            largestDifference(first, Answers.logits(model, probe)),
            largestDifference(first, Answers.logits(model, probe)));
    if (difference > REPEATABLE) {
      caveats.add(new Caveat.AnswersVary(difference));
    }
    if (areProbabilities(first)) {
      caveats.add(new Caveat.LooksLikeProbabilities());
    }
    if (ledger.blindSurvivors() > 0) {
      caveats.add(new Caveat.ZeroGradients(ledger.blindSurvivors()));
    }
    if (ledger.fallenToBlackBox() > 0) {
      caveats.add(new Caveat.BlackBoxBeatWhiteBox(ledger.fallenToBlackBox()));
    }
    int unfinished = report.count(Outcome.Unfinished.class);
    if (unfinished > 0) {
      caveats.add(new Caveat.TimeRanOut(unfinished));
    }
    if (ledger.fallenInHaste() > 0) {
      caveats.add(new Caveat.DistancesUnfinished(ledger.fallenInHaste()));
    }
    double width = report.robustAccuracyInterval(0.95).width();
    if (width > Caveat.TooFewExamples.WIDEST && unfinished == 0) {
      caveats.add(new Caveat.TooFewExamples(report.examples(), width));
    }
    return caveats;
  }

  private static double largestDifference(Batch a, Batch b) {
    double largest = 0;
    for (int i = 0; i < a.rows(); i++) {
      for (int k = 0; k < a.width(); k++) {
        largest = Math.max(largest, Math.abs(a.get(i, k) - b.get(i, k)));
      }
    }
    return largest;
  }

  private static boolean areProbabilities(Batch scores) {
    for (int i = 0; i < scores.rows(); i++) {
      double sum = 0;
      for (int k = 0; k < scores.width(); k++) {
        if (!(scores.get(i, k) >= 0 && scores.get(i, k) <= 1)) {
          return false;
        }
        sum += scores.get(i, k);
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) {
        return false;
      }
    }
    return true;
  }
}
