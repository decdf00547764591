package io.gauntlet.evaluate;

/** Is told how far an evaluation has come; never by two threads at a time. */
@FunctionalInterface
public interface Progress {
  /** Says nothing. */
  Progress SILENT = step -> {};

  /** Some examples are done. */
  void update(Step step);

  /**
   * How far it is.
   *
   * @param title what is running: an attack's short name, or {@code clean}
   * @param number of this attack, from 1; 0 for the clean predictions
   * @param attacks how many there are
   * @param done examples this attack is through with
   * @param total examples this attack was given
   * @param standing examples that are right so far
   * @param seconds since the evaluation began
   */
  record Step(
      String title, int number, int attacks, int done, int total, int standing, double seconds) {}
}
