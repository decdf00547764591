package io.gauntlet.evaluate;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for reasons to distrust a measurement. */
final class Doubts {
  private static final double REPEATABLE = 1e-4; // what AutoAttack's own check allows
  private static final double SUM_TOLERANCE = 1e-3;

  /**
   * Share of those standing that an attack may fool in the last fifth of its passes (lower end of
   * the 95 % interval), and share of all examples that it may be expected to fool in as many again.
   * Measured on 500 digits of the examples under eight threat models: for PGD and APGD of forty
   * steps or more the latter is 0.005 at most; BIM of three to five steps of a tenth of the radius
   * exceeds both wherever it leaves five points or more to find.
   */
  private static final double GAINING = 0.003;

  private static final double WORTH_MENTION = 0.0075;

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
      caveats.add(
          areLabels(first) ? new Caveat.LooksLikeLabels() : new Caveat.LooksLikeProbabilities());
    }
    if (ledger.blindSurvivors() > 0) {
      caveats.add(new Caveat.ZeroGradients(ledger.blindSurvivors()));
    }
    if (ledger.fallenToBlackBox() > 0) {
      caveats.add(new Caveat.BlackBoxBeatWhiteBox(ledger.fallenToBlackBox()));
    }
    if (report.threat().isBounded() && report.threat().queries().isEmpty()) {
      stillGaining(report, ledger).ifPresent(caveats::add);
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

  /**
   * The last attack in steps that was still gaining, unless one of as many passes later was not.
   */
  private static Optional<Caveat> stillGaining(RobustnessReport report, Ledger ledger) {
    double survived = (double) report.count(Outcome.Survived.class) / report.examples();
    long passes = 0;
    for (int phase = report.attacks().size(); phase > 0; phase--) {
      Ledger.Climb climb = ledger.climb(phase);
      if (climb != null && climb.passes() > passes) {
        double hazard = (double) climb.late() / climb.standing();
        Interval interval = Interval.clopperPearson(climb.late(), climb.standing(), 0.95);
        if (interval.lower() > GAINING && hazard * survived >= WORTH_MENTION) {
          String title = report.attacks().get(phase - 1).title();
          return Optional.of(new Caveat.StillGaining(title, climb.late(), climb.standing()));
        }
        passes = climb.passes();
      }
    }
    return Optional.empty();
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

  private static boolean areLabels(Batch probabilities) {
    FloatBuffer values = probabilities.buffer();
    while (values.hasRemaining()) {
      float value = values.get();
      if (value != 0 && value != 1) {
        return false;
      }
    }
    return true;
  }
}
