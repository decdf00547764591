package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.RetryingModel;
import io.gauntlet.model.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The victim as a thief meets it: it reveals what its {@link Disclosure} allows, counts every
 * input, and answers no more of them than the budget.
 *
 * <p>An input that a busy server has to be asked about again counts again, as it does there: what
 * {@link RetryingModel} repeats comes off the budget too, and is not sent where that is spent.
 *
 * <p>The budget is that of the oracle, not of an attack: who steals twice through one oracle pays
 * for both. Confined to one thread.
 */
public final class Oracle {
  private final Model victim;
  private final Disclosure disclosure;
  private final long budget;
  private long queries;

  private Oracle(Model victim, Disclosure disclosure, long budget) {
    this.victim = victim;
    this.disclosure = disclosure;
    this.budget = Check.atLeast(1, budget, "query budget");
  }

  /**
   * Stands in front of a victim.
   *
   * @param victim any model, guarded or not, near or behind a URL
   * @param budget inputs it may be asked about; at least 1
   */
  public static Oracle of(Model victim, Disclosure disclosure, long budget) {
    return new Oracle(victim, disclosure, budget);
  }

  /** Shape of one input. */
  public Shape inputShape() {
    return victim.inputShape();
  }

  /** Legal inputs: a thief asks nothing else, for a service would refuse it. */
  public Domain domain() {
    return victim.domain();
  }

  /** Number of classes; at least 2. */
  public int classes() {
    return victim.classes();
  }

  /** What answers tell. */
  public Disclosure disclosure() {
    return disclosure;
  }

  /** Inputs asked about so far. */
  public long queries() {
    return queries;
  }

  /** Inputs that may still be asked about. */
  public long remaining() {
    return budget - queries;
  }

  /**
   * Asks about every row.
   *
   * @param inputs shape (rows, features), in the domain
   * @return the logarithms of the revealed probabilities, shape (rows, classes); see {@link
   *     Disclosure#reveal}
   * @throws QueryBudgetException if there are more rows than remain, and none is asked then; or if
   *     there is nothing left to ask a busy server again with
   * @throws IllegalArgumentException if an input is outside the domain
   * @throws ModelException if the victim's answer is none
   */
  public Batch ask(Batch inputs) {
    requireRemaining(inputs);
    domain().check(inputs);
    if (inputs.rows() == 0) {
      return inputs.withValues(classes(), new float[0]);
    }
    int size = victim.concurrency().preferredBatch();
    List<Batch> answers = new ArrayList<>();
    for (int from = 0; from < inputs.rows(); from += size) {
      Batch part = inputs.slice(from, Math.min(inputs.rows(), from + size));
      count(part); // whoever fails to answer has been asked all the same
      answers.add(disclosure.reveal(checked(part, answer(part))));
    }
    return Batch.concat(answers);
  }

  private Batch answer(Batch inputs) {
    return victim instanceof RetryingModel busy
        ? busy.logits(inputs, this::count)
        : victim.logits(inputs);
  }

  private void count(Batch inputs) {
    requireRemaining(inputs);
    queries += inputs.rows();
  }

  private void requireRemaining(Batch inputs) {
    if (inputs.rows() > remaining()) {
      throw new QueryBudgetException(inputs.rows(), remaining());
    }
  }

  private Batch checked(Batch inputs, Batch logits) {
    Batch answers = inputs.answeredBy(logits);
    if (answers.width() != classes()) {
      throw new ModelException(
          "the victim says it has %s classes, but returned %s scores per example"
              .formatted(classes(), answers.width()));
    }
    for (int i = 0; i < answers.rows(); i++) {
      for (int k = 0; k < answers.width(); k++) {
        if (!Float.isFinite(answers.get(i, k))) {
          throw new ModelException(
              "every score must be finite, but that of class %s of example %s was %s"
                  .formatted(k, inputs.example(i), answers.get(i, k)));
        }
      }
    }
    return answers;
  }

  /** Refuses a surrogate that takes other inputs or tells other classes apart. */
  void requireFit(Model surrogate) {
    requireEqual("input sizes", inputShape().size(), surrogate.inputShape().size());
    requireEqual("class counts", classes(), surrogate.classes());
  }

  private static void requireEqual(String what, int ofVictim, int ofSurrogate) {
    if (ofVictim != ofSurrogate) {
      throw new IllegalArgumentException(
          "victim and surrogate must have equal %s, but they were %s and %s"
              .formatted(what, ofVictim, ofSurrogate));
    }
  }

  /** Refuses a victim that does not reveal the scores of all classes. */
  void requireScores(String attack) {
    if (!(disclosure instanceof Disclosure.Scores)) {
      throw new IllegalArgumentException(
          "%s needs the scores of all classes, but the victim reveals %s"
              .formatted(attack, disclosure));
    }
  }
}
