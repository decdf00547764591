package io.gauntlet.defenses.postprocess;

import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret from which noise is drawn: HMAC-SHA256 makes a seed of it and of what the noise is for,
 * so that knowing the noise of any number of inputs says nothing about that of another. Every guard
 * has a key of its own.
 *
 * <p>Keep one key for as long as answers must stay the same: with another key, or another process
 * without it, an input's noise is drawn again, and the thief has two draws to average.
 */
public final class NoiseKey {
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac keyed;
  private final AtomicLong draws = new AtomicLong();

  private NoiseKey(Mac keyed) {
    this.keyed = keyed;
  }

  /**
   * The key made of these bytes, which come from a secret store or a secure random generator.
   *
   * @param secret at least 16 bytes; copied
   */
  public static NoiseKey of(byte[] secret) {
    Check.atLeast(16, secret.length, "bytes of the secret");
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return new NoiseKey(mac);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** A seed that no other call gets; time keeps those of an earlier process apart. */
  Seed fresh(Instant at) {
    byte[] message = new byte[1 + 3 * Long.BYTES];
    ByteBuffer.wrap(message)
        .put((byte) 'q')
        .putLong(at.getEpochSecond())
        .putLong(at.getNano())
        .putLong(draws.incrementAndGet());
    return seed(message);
  }

  /**
   * The seed of one input, the same for ever, for whoever must treat it always alike.
   *
   * @param row the input
   * @param grid inputs that round to the same multiples of this are one, in input units; 0 tells
   *     all floats apart but the two zeros
   */
  public Seed ofInput(float[] row, float grid) {
    byte[] message = new byte[1 + row.length * Float.BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(message).put((byte) 'i');
    for (float value : row) {
      float cell = grid == 0 ? value : (float) Math.rint(value / grid);
      bytes.putFloat(cell + 0f); // -0 and 0 are one input to the model, so they must be one here
    }
    return seed(message);
  }

  private Seed seed(byte[] message) {
    try {
      Mac mac = (Mac) keyed.clone(); // a Mac serves one thread
      return Seed.of(ByteBuffer.wrap(mac.doFinal(message)).getLong());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + ALGORITHM + " can be cloned", e);
    }
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "NoiseKey";
  }
}
