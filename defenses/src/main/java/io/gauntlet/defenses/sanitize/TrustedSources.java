package io.gauntlet.defenses.sanitize;

import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets only those sources pass that a signed manifest knows, unchanged.
 *
 * <p>Rules: {@code unknown-source}, {@code changed-source}. A file of the manifest that the run
 * does not have becomes a note.
 */
public final class TrustedSources implements Stage {
  private final Manifest trusted;

  private TrustedSources(Manifest trusted) {
    this.trusted = trusted;
  }

  /**
   * Trusts what the owner of the key signed.
   *
   * @param key Ed25519
   * @throws IllegalArgumentException if the key's owner did not sign this manifest
   */
  public static TrustedSources signed(SignedManifest manifest, PublicKey key) {
    if (!manifest.isSignedBy(key)) {
      throw new IllegalArgumentException(
          "the manifest must be signed by the given key, but its signature is not by it or it was"
              + " changed since: "
              + manifest.signature());
    }
    return new TrustedSources(manifest.manifest());
  }

  @Override
  public String name() {
    return "provenance";
  }

  @Override
  public String settings() {
    return "TrustedSources[sha256=" + Sha256.of(trusted.toString()) + "]";
  }

  @Override
  public Inspection begin(Rows rows) {
    List<Manifest.Difference> differences = trusted.differencesFrom(rows.manifest());
    Map<String, Reason> reasons = new LinkedHashMap<>();
    for (Manifest.Difference difference : differences) {
      if (!difference.what().equals("missing")) {
        reasons.put(difference.file(), reason(difference));
      }
    }
    List<String> notes =
        differences.stream()
            .filter(difference -> difference.what().equals("missing"))
            .map(difference -> difference.file() + " is in the manifest, but not among the sources")
            .toList();
    return new Inspection() {
      @Override
      public Optional<Reason> examine(Row row) {
        return Optional.ofNullable(reasons.get(row.source()));
      }

      @Override
      public List<String> notes() {
        return notes;
      }
    };
  }

  private static Reason reason(Manifest.Difference difference) {
    if (difference.what().equals("unknown")) {
      return new Reason("unknown-source", "the manifest must name the source, but does not");
    }
    return new Reason(
        "changed-source",
        "%s must be %s, but is %s"
            .formatted(difference.what(), difference.expected(), difference.found()));
  }
}
