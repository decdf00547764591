package io.gauntlet.evaluate;

import io.gauntlet.random.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;

/**
 * Where a report comes from: what is needed to get it again.
 *
 * @param libraryVersion of Gauntlet
 * @param javaVersion of the running JVM
 * @param operatingSystem name and architecture
 * @param model its fingerprint
 * @param data digest of examples and labels
 * @param attacks full names, in the order they ran
 * @param seed root of every random draw
 * @param workers threads that called the model
 * @param batch most examples per call
 * @param measuredAt when the evaluation ended
 */
public record Provenance(
    String libraryVersion,
    String javaVersion,
    String operatingSystem,
    String model,
    String data,
    List<String> attacks,
    Seed seed,
    int workers,
    int batch,
    Instant measuredAt) {

  /** Copies. */
  public Provenance {
    attacks = List.copyOf(attacks);
  }

  static Provenance now(
      String model, String data, List<String> attacks, Seed seed, int workers, int batch) {
    return new Provenance(
        libraryVersionFromBuild(),
        Runtime.version().toString(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        model,
        data,
        attacks,
        seed,
        workers,
        batch,
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static String libraryVersionFromBuild() {
    try (InputStream in = Provenance.class.getResourceAsStream("library.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
