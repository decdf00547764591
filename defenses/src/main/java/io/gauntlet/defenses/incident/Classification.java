package io.gauntlet.defenses.incident;

/**
 * An entry of a public catalogue of attacks and mitigations.
 *
 * @param catalogue with its version
 * @param id in the catalogue
 * @param title in that version; ids stay when titles change
 */
public record Classification(String catalogue, String id, String title) {
  static Classification atlas(String id, String title) {
    return new Classification("MITRE ATLAS 5.6.0", id, title);
  }

  static Classification owasp(String id, String title) {
    return new Classification("OWASP ML Security Top 10, 2023 draft", id, title);
  }

  static Classification nist(String id, String title) {
    return new Classification("NIST AI 100-2e2025", id, title);
  }

  @Override
  public String toString() {
    return id + " " + title;
  }
}
