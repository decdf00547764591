package io.gauntlet.attacks.extraction;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Compares copies with the victim on held-out examples. Asks the victim itself, at nobody's
 * expense: of a guarded model, the judge is given the model behind the guard.
 */
public final class Judge {
  private final Model victim;
  private final Examples heldOut;
  private final Labels answers;

  private Judge(Model victim, Examples heldOut) {
    this.victim = victim;
    this.heldOut = heldOut;
    answers = answers(victim, heldOut.inputs());
  }

  /**
   * Asks the victim once about every example.
   *
   * @param heldOut at least one example, none of them known to the thief
   */
  public static Judge of(Model victim, Examples heldOut) {
    Check.atLeast(1, heldOut.count(), "number of held-out examples");
    heldOut.labels().check(victim.classes());
    return new Judge(victim, heldOut);
  }

  /** Held-out examples that the copy answers as the victim does. */
  public Share agreement(Model copy) {
    return same(answers(copy, heldOut.inputs()), answers);
  }

  /** Agreement and accuracy. */
  public Fidelity fidelity(Model copy) {
    Labels copied = answers(copy, heldOut.inputs());
    return new Fidelity(
        same(copied, answers), same(copied, heldOut.labels()), same(answers, heldOut.labels()));
  }

  /**
   * Attacks the copy and tries what comes out on the victim.
   *
   * @param <S> what the attack must know about the copy
   * @param attack crafts, on the copy
   * @param threat what it may do to an input
   */
  public <S extends Model> Transfer transfer(
      S copy, Attack<? super S> attack, ThreatModel threat, Seed seed) {
    Labels copied = answers(copy, heldOut.inputs());
    int[] alike = rows(i -> copied.atRow(i) == answers.atRow(i));
    Batch clean = heldOut.inputs().select(alike);
    Labels before = answers.select(alike);
    Batch crafted =
        attack.perturb(
            copy, threat.around(clean, victim.domain()), new Goal.Untargeted(before), seed);
    Labels byCopy = answers(copy, crafted);
    Labels byVictim = answers(victim, crafted);
    return new Transfer(
        not(same(byCopy, before)), not(same(byVictim, before)), same(byCopy, byVictim));
  }

  private int[] rows(IntPredicate wanted) {
    return heldOut.inputs().rowsWhere(wanted);
  }

  private static Share not(Share share) {
    return new Share(share.total() - share.count(), share.total());
  }

  private static Share same(Labels some, Labels others) {
    int count = 0;
    for (int i = 0; i < some.count(); i++) {
      count += some.atRow(i) == others.atRow(i) ? 1 : 0;
    }
    return new Share(count, some.count());
  }

  private static Labels answers(Model model, Batch inputs) {
    int[] labels = new int[inputs.rows()];
    if (labels.length > 0) {
      Batch logits = Guesses.logits(model, inputs);
      Arrays.setAll(labels, logits::argmax);
    }
    return Labels.of(inputs, labels);
  }
}
