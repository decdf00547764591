package io.gauntlet.defenses;

/**
 * One stage between clients and a model; {@link GuardedModel} puts them in order. Guards are used
 * by many threads at once.
 */
public sealed interface Guard permits Admission, Monitor, OutputGuard {
  /** Name in audits, meters and reports. */
  default String title() {
    return getClass().getSimpleName();
  }
}
