package io.gauntlet.data;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where published data sets lie that are not part of the project. */
final class PublishedData {
  private PublishedData() {}

  /**
   * A folder below the one that the system property {@code gauntlet.data} names.
   *
   * <p>Where it is absent the test is skipped; where the environment says {@code CI=true} it fails,
   * so that a run that counts cannot pass by finding nothing.
   */
  static Path folder(String name) {
    Path folder = Path.of(System.getProperty("gauntlet.data", "shared/data")).resolve(name);
    if (!Files.isDirectory(folder)) {
      String missing = "no data at " + folder + "; set -Dgauntlet.data";
      if ("true".equals(System.getenv("CI"))) {
        fail(missing);
      }
      abort(missing);
    }
    return folder;
  }
}
