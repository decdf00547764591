package io.gauntlet.defenses.incident;

import io.gauntlet.model.Check;

/**
 * Where the rows of a source went.
 *
 * @param name of the source
 * @param sha256 of its file, in hexadecimal digits
 * @param read rows, malformed ones included
 * @param accepted rows that nothing was found against
 * @param quarantined rows that something was
 * @param suspected of these, because they may be poisoned
 */
public record SourceAccount(
    String name, String sha256, long read, long accepted, long quarantined, long suspected) {
  /** Checks that the counts add up. */
  public SourceAccount {
    Check.atLeast(0, accepted, "accepted");
    Check.atLeast(0, suspected, "suspected");
    Check.atLeast(suspected, quarantined, "quarantined");
    if (accepted + quarantined != read) {
      throw new IllegalArgumentException(
          "accepted and quarantined rows of %s must make up those read, but %s + %s are not %s"
              .formatted(name, accepted, quarantined, read));
    }
  }

  /** Rows that were not quarantined for another reason, and so could be suspected. */
  long screened() {
    return accepted + suspected;
  }
}
