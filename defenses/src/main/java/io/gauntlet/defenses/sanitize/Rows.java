package io.gauntlet.defenses.sanitize;

import java.util.function.Consumer;

/** The rows that every stage so far let pass, which may be read any number of times. */
public interface Rows {
  /** How many there are. */
  long count();

  /** Reads all of them in order, one at a time: there may be more than memory holds. */
  void forEach(Consumer<? super Row> visit);

  /** What the sources of this run are. */
  Manifest manifest();
}
