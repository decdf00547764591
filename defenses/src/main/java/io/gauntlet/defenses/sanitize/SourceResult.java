package io.gauntlet.defenses.sanitize;

/**
 * Where the rows of a source went.
 *
 * @param name of the source
 * @param read rows, malformed ones included
 * @param accepted rows that passed all stages
 * @param quarantined rows that did not
 */
public record SourceResult(String name, long read, long accepted, long quarantined) {
  /** Checks that no row is missing. */
  public SourceResult {
    if (accepted < 0 || quarantined < 0 || accepted + quarantined != read) {
      throw new IllegalArgumentException(
          "accepted and quarantined rows of %s must make up those read, but %s + %s are not %s"
              .formatted(name, accepted, quarantined, read));
    }
  }
}
