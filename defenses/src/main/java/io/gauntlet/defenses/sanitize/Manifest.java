package io.gauntlet.defenses.sanitize;

import io.gauntlet.data.DataException;
import io.gauntlet.model.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which files there were, byte for byte, and when.
 *
 * @param at when they were looked at
 * @param files by name, each once
 */
public record Manifest(Instant at, List<FileDigest> files) {
  /**
   * One file.
   *
   * @param name the source's name
   * @param bytes its size as it lies there, packed or not
   * @param sha256 of those bytes; 64 lower-case hexadecimal digits
   */
  public record FileDigest(String name, long bytes, String sha256) {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

    /** Checks all three. */
    public FileDigest {
      Source.requireName(name);
      Check.atLeast(0, bytes, "bytes");
      if (!DIGITS.matcher(sha256).matches()) {
        throw new IllegalArgumentException(
            "sha256 must be 64 lower-case hexadecimal digits, but was '" + sha256 + "'");
      }
    }

    static FileDigest of(Source source) {
      try {
        return new FileDigest(source.name(), Files.size(source.file()), Sha256.of(source.file()));
      } catch (IOException e) {
        throw new DataException(source.file(), e);
      }
    }
  }

  /**
   * What is not as another manifest says.
   *
   * @param file its name
   * @param what {@code missing}, {@code unknown}, {@code bytes} or {@code sha256}
   * @param expected by the manifest that was asked; empty for an unknown file
   * @param found in the other one; empty for a missing file
   */
  public record Difference(String file, String what, String expected, String found) {}

  /** Sorts and checks. */
  public Manifest {
    files = files.stream().sorted(Comparator.comparing(FileDigest::name)).toList();
    Set<String> names = new HashSet<>();
    for (FileDigest file : files) {
      if (!names.add(file.name())) {
        throw new IllegalArgumentException(
            "names must be different, but there are two " + file.name());
      }
    }
  }

  /** Reads all files. */
  public static Manifest of(List<Source> sources, Instant at) {
    return new Manifest(at, sources.stream().map(FileDigest::of).toList());
  }

  /** What is said of a file; empty if nothing is. */
  public Optional<FileDigest> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /** Where {@code found} is not what this manifest says, by name; times may differ. */
  public List<Difference> differencesFrom(Manifest found) {
    Set<String> names = new TreeSet<>();
    files.forEach(file -> names.add(file.name()));
    found.files.forEach(file -> names.add(file.name()));
    List<Difference> differences = new ArrayList<>();
    for (String name : names) {
      Optional<FileDigest> here = file(name);
      Optional<FileDigest> there = found.file(name);
      if (there.isEmpty()) {
        differences.add(new Difference(name, "missing", here.orElseThrow().sha256(), ""));
      } else if (here.isEmpty()) {
        differences.add(new Difference(name, "unknown", "", there.get().sha256()));
      } else if (here.get().bytes() != there.get().bytes()) {
        differences.add(
            new Difference(
                name,
                "bytes",
                String.valueOf(here.get().bytes()),
                String.valueOf(there.get().bytes())));
      } else if (!here.get().sha256().equals(there.get().sha256())) {
        differences.add(new Difference(name, "sha256", here.get().sha256(), there.get().sha256()));
      }
    }
    return differences;
  }

  /** The one way to write it down, which is what is signed: a line for the time and each file. */
  byte[] canonical() {
    StringBuilder text = new StringBuilder("gauntlet manifest 1\n").append(at).append('\n');
    for (FileDigest file : files) {
      text.append(file.sha256()).append(' ').append(file.bytes()).append(' ').append(file.name());
      text.append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Vouches for it.
   *
   * @param key Ed25519
   * @throws IllegalArgumentException if the key is of another kind
   */
  public SignedManifest signedWith(PrivateKey key) {
    return SignedManifest.of(this, key);
  }
}
