package io.gauntlet.defenses.sanitize;

import com.google.gson.JsonParseException;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;

/**
 * A manifest that somebody vouched for, by Ed25519 (RFC 8032) over its canonical bytes: a line
 * {@code gauntlet manifest 1}, a line with the time, and for each file by name its digest, size and
 * name.
 *
 * @param manifest what is vouched for
 * @param signature 64 bytes in Base64
 */
public record SignedManifest(Manifest manifest, String signature) {
  static SignedManifest of(Manifest manifest, PrivateKey key) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(manifest.canonical());
      return new SignedManifest(manifest, Base64.getEncoder().encodeToString(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "key must be a private key of Ed25519, but was one of " + key.getAlgorithm(), e);
    }
  }

  /**
   * Whether the owner of this key signed exactly this manifest.
   *
   * @throws IllegalArgumentException if the key is not one of Ed25519
   */
  public boolean isSignedBy(PublicKey key) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(manifest.canonical());
      return verifies(verifier);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "key must be a public key of Ed25519, but was one of " + key.getAlgorithm(), e);
    }
  }

  private boolean verifies(Signature verifier) {
    try {
      return verifier.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false; // too short, too long, no Base64: nobody's signature
    }
  }

  /**
   * Writes it as JSON; the file appears whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    AtomicFile.write(file, out -> out.write(Json.pretty(this)));
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws DataException if it is no signed manifest
   */
  public static SignedManifest read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return Json.parse(text, SignedManifest.class);
    } catch (JsonParseException e) {
      throw new DataException(file, "must be a signed manifest: " + e.getMessage());
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }
}
