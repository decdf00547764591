package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.gauntlet.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  private static final Schema AGES = Schema.of(Column.number("age"));

  @TempDir Path folder;

  private static KeyPair keys(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Source source(String name, String text) {
    return Runs.csv(folder.resolve(name), text);
  }

  @Test
  void its_digests_are_those_of_sha256() {
    // FIPS 180-4's example
    assertThat(Manifest.of(List.of(source("abc.csv", "abc")), Instant.EPOCH).files())
        .containsExactly(
            new Manifest.FileDigest(
                "abc.csv", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  }

  @Test
  void its_canonical_bytes_do_not_depend_on_the_order_of_the_sources() {
    Source a = source("a.csv", "abc");
    Source b = source("b.csv", "");
    Manifest manifest = Manifest.of(List.of(b, a), Instant.EPOCH);
    assertThat(manifest.canonical())
        .isEqualTo(Manifest.of(List.of(a, b), Instant.EPOCH).canonical());
    assertThat(new String(manifest.canonical(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            gauntlet manifest 1
            1970-01-01T00:00:00Z
            ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 a.csv
            e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 b.csv
            """);
  }

  @Test
  void a_signature_holds_for_these_bytes_and_this_key_only() throws IOException {
    KeyPair keys = keys("Ed25519");
    Manifest manifest = Manifest.of(List.of(source("a.csv", "age\n1\n")), Instant.EPOCH);
    SignedManifest signed = manifest.signedWith(keys.getPrivate());
    signed.write(folder.resolve("manifest.json"));
    SignedManifest read = SignedManifest.read(folder.resolve("manifest.json"));

    assertThat(read).isEqualTo(signed);
    assertThat(read.isSignedBy(keys.getPublic())).isTrue();
    assertThat(read.isSignedBy(keys("Ed25519").getPublic())).isFalse();
    Manifest later = new Manifest(Instant.EPOCH.plusSeconds(1), manifest.files());
    assertThat(new SignedManifest(later, signed.signature()).isSignedBy(keys.getPublic()))
        .isFalse();
    byte[] bytes = Base64.getDecoder().decode(signed.signature());
    for (int bit = 0; bit < bytes.length * 8; bit += 13) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      String signature = Base64.getEncoder().encodeToString(flipped);
      assertThat(new SignedManifest(manifest, signature).isSignedBy(keys.getPublic())).isFalse();
    }
    assertThat(new SignedManifest(manifest, "?").isSignedBy(keys.getPublic())).isFalse();
  }

  @Test
  void keys_of_another_kind_are_refused() {
    Manifest manifest = new Manifest(Instant.EPOCH, List.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manifest.signedWith(keys("X25519").getPrivate()))
        .withMessageContaining("Ed25519");
  }

  @Test
  void a_file_that_is_no_signed_manifest_is_refused() {
    for (String text :
        List.of("", "{}", "[]", "{\"manifest\": {\"at\": \"noon\", \"files\": []}}")) {
      Path file = Runs.written(folder.resolve("m.json"), text.getBytes(StandardCharsets.UTF_8));
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> SignedManifest.read(file))
          .withMessageContaining("must be a signed manifest");
    }
  }

  @Test
  void differences_say_what_exactly_differs() {
    Manifest trusted =
        Manifest.of(
            List.of(source("a.csv", "1"), source("b.csv", "1"), source("c.csv", "1")),
            Instant.EPOCH);
    Manifest found =
        Manifest.of(
            List.of(source("b.csv", "2"), source("c.csv", "12"), source("d.csv", "1")),
            Instant.EPOCH);
    assertThat(trusted.differencesFrom(found))
        .extracting(Manifest.Difference::file, Manifest.Difference::what)
        .containsExactly(
            tuple("a.csv", "missing"),
            tuple("b.csv", "sha256"),
            tuple("c.csv", "bytes"),
            tuple("d.csv", "unknown"));
    assertThat(trusted.differencesFrom(trusted)).isEmpty();
  }

  @Test
  void rows_of_sources_that_nobody_vouched_for_are_quarantined() throws IOException {
    KeyPair keys = keys("Ed25519");
    Source good = source("good.csv", "age\n1\n2\n");
    Source changed = source("changed.csv", "age\n3\n");
    Source lost = source("lost.csv", "age\n4\n");
    SignedManifest signed =
        Manifest.of(List.of(good, changed, lost), Instant.EPOCH).signedWith(keys.getPrivate());
    Files.writeString(changed.file(), "age\n5\n");
    Source unknown = source("unknown.csv", "age\n6\n");

    IngestionReport report =
        Pipeline.of(TrustedSources.signed(signed, keys.getPublic()), AGES)
            .run(List.of(good, changed, unknown), folder.resolve("run"));

    assertThat(report.reasons())
        .containsEntry("provenance: changed-source", 1L)
        .containsEntry("provenance: unknown-source", 1L);
    assertThat(report.sources().get(0).accepted()).isEqualTo(2);
    assertThat(report.stages().get(1).notes())
        .containsExactly("lost.csv is in the manifest, but not among the sources");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrustedSources.signed(signed, keys("Ed25519").getPublic()))
        .withMessageContaining("must be signed by the given key");
  }
}
