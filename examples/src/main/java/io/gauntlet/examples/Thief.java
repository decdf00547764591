package io.gauntlet.examples;

import io.gauntlet.attacks.extraction.CopycatCnn;
import io.gauntlet.attacks.extraction.Disclosure;
import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.attacks.extraction.Imitation;
import io.gauntlet.attacks.extraction.JacobianAugmentation;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.KnockoffNets;
import io.gauntlet.attacks.extraction.Oracle;
import io.gauntlet.attacks.extraction.Schedule;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.http.HttpModel;
import io.gauntlet.random.Seed;

/**
 * Copies a model through its HTTP interface, with sentences of its own that nobody has labelled.
 *
 * @param name in tables
 * @param attack how the copy is trained
 * @param repeats times that each sentence is asked about, the answers averaged
 * @param identities keys held; every request uses another
 */
record Thief(String name, Imitation attack, int repeats, int identities) {
  /** Takes every answer for what it is, under one name. */
  static Thief naive(Schedule schedule) {
    return new Thief("naive", KnockoffNets.standard().withSchedule(schedule), 1, 1);
  }

  /** Makes most of its sentences itself, out of a few. */
  static Thief synthesising(Schedule schedule, int budget) {
    int part = Math.max(1, budget / (schedule.rounds() + 1));
    Imitation attack =
        JacobianAugmentation.standard().withInitial(part).withGrowth(part).withSchedule(schedule);
    return new Thief("synthesises", attack, 1, 1);
  }

  /** Under many names. */
  static Thief rotating(Schedule schedule, int identities) {
    return new Thief(
        "rotates names", KnockoffNets.standard().withSchedule(schedule), 1, identities);
  }

  /** Under many names, and asks about a quarter of the sentences four times each. */
  static Thief averaging(Schedule schedule, int identities) {
    return new Thief("averages", KnockoffNets.standard().withSchedule(schedule), 4, identities);
  }

  /** Under many names, and throws the scores away, in which guards may lie. */
  static Thief trustingLabels(Schedule schedule, int identities) {
    return new Thief("labels", CopycatCnn.standard().withSchedule(schedule), 1, identities);
  }

  /**
   * Steals.
   *
   * @param budget rows to send at most
   * @param surrogate what becomes the copy
   */
  Extraction<DjlModel> steal(
      HttpModel victim, long budget, DjlModel surrogate, Examples pool, Judge judge, Seed seed) {
    long questions = (budget - victim.queries()) / repeats; // making the client has cost some
    Oracle oracle = Oracle.of(new Averaging(victim, repeats), new Disclosure.Scores(), questions);
    return attack.extract(oracle, surrogate, pool, judge, seed);
  }
}
