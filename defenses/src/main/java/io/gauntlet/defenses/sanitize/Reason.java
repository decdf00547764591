package io.gauntlet.defenses.sanitize;

/**
 * Why a row is quarantined.
 *
 * @param rule short name of the broken rule, by which reports count, such as {@code range}; not
 *     blank
 * @param detail what was expected and what was found
 */
public record Reason(String rule, String detail) {
  /** Checks the rule. */
  public Reason {
    if (rule.isBlank()) {
      throw new IllegalArgumentException("rule must not be blank, but was '" + rule + "'");
    }
  }
}
