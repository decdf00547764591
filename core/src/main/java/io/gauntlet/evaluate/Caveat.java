package io.gauntlet.evaluate;

import io.gauntlet.model.SelfCheck;
import java.util.Locale;

/**
 * A reason to distrust the measurement, after Croce, Hein's list of failure modes and Carlini et
 * al.: <a href="https://arxiv.org/abs/1902.06705">On Evaluating Adversarial Robustness</a>, 2019.
 */
public sealed interface Caveat {
  /** What was seen and what it may mean, in one sentence. */
  String message();

  /**
   * Some examples survived attacks that saw nothing but zero gradients.
   *
   * @param examples how many
   */
  record ZeroGradients(int examples) implements Caveat {
    @Override
    public String message() {
      return "all gradients were exactly zero for %s surviving examples: a saturated loss or masked"
              .formatted(examples)
          + " gradients; white-box attacks were blind there";
    }
  }

  /** The scores of every example are in [0, 1] and add up to 1. */
  record LooksLikeProbabilities() implements Caveat {
    @Override
    public String message() {
      return "the scores look like softmax output; attacks need logits, on probabilities their"
          + " gradients vanish";
    }
  }

  /** Every score is 0 or 1: the model tells its decision and no more. */
  record LooksLikeLabels() implements Caveat {
    @Override
    public String message() {
      return "the scores look like bare decisions, 1 for a class and 0 for the others; attacks that"
          + " follow scores are blind there, use those that need the decision alone";
    }
  }

  /**
   * The same input got different scores.
   *
   * @param largestDifference between two answers to one input, in score units
   */
  record AnswersVary(double largestDifference) implements Caveat {
    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "the model answers the same input differently (by up to %.3g): attacks on a randomised"
              + " model must average over its draws, and take all their steps: a first success may be"
              + " luck",
          largestDifference);
    }
  }

  /**
   * The model did not pass its self-check.
   *
   * @param fault the first that was found
   */
  record SelfCheckFailed(SelfCheck.Fault fault) implements Caveat {
    @Override
    public String message() {
      return fault.message() + ": white-box attacks may have failed for that reason alone";
    }
  }

  /**
   * Attacks without gradients fooled examples that attacks with gradients had not.
   *
   * @param examples how many
   */
  record BlackBoxBeatWhiteBox(int examples) implements Caveat {
    @Override
    public String message() {
      return "black-box attacks fooled %s examples that survived every white-box attack: a sign of"
              .formatted(examples)
          + " masked gradients";
    }
  }

  /**
   * An attack that climbs step by step was still fooling examples when its steps were spent.
   *
   * @param attack its short name
   * @param late examples it fooled in the last fifth of its passes
   * @param standing examples that were standing then
   */
  record StillGaining(String attack, int late, int standing) implements Caveat {
    @Override
    public String message() {
      return "%s fooled %s of the %s examples then standing in the last fifth of its passes: more"
              .formatted(attack, late, standing)
          + " steps would fool more";
    }
  }

  /**
   * Attacks with gradients failed on examples that they were allowed to change into anything.
   *
   * @param examples how many
   * @param tried survivors this was tried on
   */
  record UnboundedNotReachingZero(int examples, int tried) implements Caveat {
    @Override
    public String message() {
      return "%s of %s survivors withstood every white-box attack even without a bound on the change:"
              .formatted(examples, tried)
          + " masked gradients, or attacks that stop too soon";
    }
  }

  /**
   * So few examples that the confidence interval says little.
   *
   * @param examples how many were evaluated
   * @param width of the 95 % interval of robust accuracy
   */
  record TooFewExamples(int examples, double width) implements Caveat {
    static final double WIDEST = 0.1;

    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "%s examples leave a 95 %% interval %.1f points wide; use more",
          examples,
          100 * width);
    }
  }

  /**
   * The time ran out.
   *
   * @param examples how many were not attacked by everything
   */
  record TimeRanOut(int examples) implements Caveat {
    @Override
    public String message() {
      return "the time limit left %s examples unfinished; they do not count as robust"
          .formatted(examples);
    }
  }

  /**
   * The time ran out before every attack had looked for the closest success. Only without a bound.
   *
   * @param examples fooled ones that not all attacks were through with
   */
  record DistancesUnfinished(int examples) implements Caveat {
    @Override
    public String message() {
      return "the time limit kept some attacks from %s fooled examples; their distances may not be"
              .formatted(examples)
          + " the smallest";
    }
  }

  /**
   * The model is defended, and the attackers did not know how.
   *
   * @param route how one who knows goes through the defense
   */
  record DefenseOverlooked(String route) implements Caveat {
    @Override
    public String message() {
      return "the attacks overlooked the defense; against those that know it (%s) it may be worth"
              .formatted(route)
          + " nothing";
    }
  }

  /**
   * A suite is not quite what its name promises.
   *
   * @param message where it departs, and why
   */
  record SuiteDeparts(String message) implements Caveat {}
}
