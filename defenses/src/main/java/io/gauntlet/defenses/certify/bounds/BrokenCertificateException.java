package io.gauntlet.defenses.certify.bounds;

import java.util.List;

/**
 * An attack has succeeded inside a certificate: either the certificate is wrong, or it is about
 * another network or other inputs than the attack.
 */
public final class BrokenCertificateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<Long> examples;

  BrokenCertificateException(List<Long> examples) {
    super(
        "no attack may succeed inside a certificate, but examples %s are certified and fooled or misclassified"
            .formatted(examples));
    this.examples = List.copyOf(examples);
  }

  /** Positions of the examples in their data set. */
  public List<Long> examples() {
    return examples;
  }
}
