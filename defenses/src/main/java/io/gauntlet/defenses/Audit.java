package io.gauntlet.defenses;

/** Hears of every query once, however it ended. */
@FunctionalInterface
public interface Audit {
  /** Hears nothing. */
  Audit NONE = (query, reply) -> {};

  /**
   * Takes note of a query and its end, on the thread that asked. An exception thrown here reaches
   * the caller in place of the reply: an answer that cannot be audited does not leave.
   *
   * @param query who asked, when, for how many rows; the inputs are in it, too
   */
  void record(Query query, Reply reply);

  /** This audit, then another. */
  default Audit andThen(Audit next) {
    return (query, reply) -> {
      record(query, reply);
      next.record(query, reply);
    };
  }
}
