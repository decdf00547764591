package io.gauntlet.attacks.poisoning;

/**
 * An attack on training data. Implementations are records, their {@code toString} their name in
 * reports; what they need to know is in the parameters of their {@code poison}.
 */
public interface Poisoning {
  /** Short name for tables; the full one is {@code toString}. */
  default String title() {
    return getClass().getSimpleName();
  }
}
