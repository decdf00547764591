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
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;

/**
 * Copies a model through its HTTP interface, with sentences of its own that nobody has labelled.
 *
 * @param name in tables
 * @param attack how the copy is trained
 * @param repeats times that each sentence is asked about, the answers averaged
 * @param identities keys held; every request uses another
 * @param waits a day before every request
 */
record Thief(String name, Imitation attack, int repeats, int identities, boolean waits) {
  /** Takes every answer for what it is, under one name. */
  static Thief naive(Schedule schedule) {
    return new Thief("naive", KnockoffNets.standard().withSchedule(schedule), 1, 1, false);
  }

  /** Makes most of its sentences itself, out of a few. */
  static Thief synthesising(Schedule schedule, int budget) {
    int part = Math.max(1, budget / (schedule.rounds() + 1));
    Imitation attack =
        JacobianAugmentation.standard().withInitial(part).withGrowth(part).withSchedule(schedule);
    return new Thief("synthesises", attack, 1, 1, false);
  }

  /** Under many names. */
  static Thief rotating(Schedule schedule, int identities) {
    return new Thief(
        "rotates", KnockoffNets.standard().withSchedule(schedule), 1, identities, false);
  }

  /** Under many names, and asks about a quarter of the sentences four times each. */
  static Thief averaging(Schedule schedule, int identities) {
    return new Thief(
        "averages", KnockoffNets.standard().withSchedule(schedule), 4, identities, false);
  }

  /** Under one name, so slowly that others ask more in between than monitors remember. */
  static Thief waiting(Schedule schedule) {
    return new Thief("waits", KnockoffNets.standard().withSchedule(schedule), 1, 1, true);
  }

  /** As slowly, and asks about a quarter of the sentences four times each. */
  static Thief averagingSlowly(Schedule schedule) {
    return new Thief("waits+averages", KnockoffNets.standard().withSchedule(schedule), 4, 1, true);
  }

  /** Under many names, and throws the scores away, in which guards may lie. */
  static Thief trustingLabels(Schedule schedule, int identities) {
    return new Thief("labels", CopycatCnn.standard().withSchedule(schedule), 1, identities, false);
  }

  /**
   * Steals.
   *
   * @param budget rows to send at most
   * @param day lets one pass
   * @param surrogate what becomes the copy
   */
  Extraction<DjlModel> steal(
      HttpModel victim,
      long budget,
      Runnable day,
      DjlModel surrogate,
      Examples pool,
      Judge judge,
      Seed seed) {
    long questions = (budget - victim.queries()) / repeats; // making the client has cost some
    Model paced = waits ? new Waiting(victim, day) : victim;
    Oracle oracle = Oracle.of(new Averaging(paced, repeats), new Disclosure.Scores(), questions);
    return attack.extract(oracle, surrogate, pool, judge, seed);
  }
}
