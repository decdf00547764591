package io.gauntlet.attacks.minimum;

/**
 * When a search is looked at: after each tenth of its steps, as long as there is another one to
 * come.
 *
 * @param steps of the search; at least 1
 */
record Tenths(int steps) {
  boolean endsAnotherAt(int step) {
    int tenth = (steps + 9) / 10;
    return step > 0 && step % tenth == 0 && step + tenth < steps;
  }
}
