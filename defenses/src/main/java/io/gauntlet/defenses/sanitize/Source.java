package io.gauntlet.defenses.sanitize;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A file of training data under the name that manifests and reports give it.
 *
 * @param name letters, digits, dots, hyphens and underscores, beginning with a letter or digit: it
 *     names a file of accepted rows too
 * @param file where it is; plain or gzipped
 * @param format how it is written
 */
public record Source(String name, Path file, Format format) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** Checks the name. */
  public Source {
    requireName(name);
  }

  /** A file under its own name, less {@code .gz}. */
  public static Source of(Path file, Format format) {
    String name = String.valueOf(file.getFileName());
    return new Source(
        name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name, file, format);
  }

  static void requireName(String name) {
    // drafts of AtomicFile have such names, and are cleared away
    if (!NAME.matcher(name).matches() || name.contains(".unfinished")) {
      throw new IllegalArgumentException(
          "name must be 1 to 100 letters, digits, '.', '-' and '_' without '.unfinished', but was '"
              + name
              + "'");
    }
  }
}
