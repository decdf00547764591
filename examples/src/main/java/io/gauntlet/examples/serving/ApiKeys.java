package io.gauntlet.examples.serving;

import io.gauntlet.model.Check;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who may ask, by API keys of which only SHA-256 digests are kept. A plain digest is enough for a
 * key drawn at random, as these must be: nobody can try 2<sup>128</sup> of them. It would not be
 * for passwords.
 */
public final class ApiKeys {
  private static final int SHORTEST = 16;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

  private final List<Entry> entries;

  private static final class Entry {
    private final String client;
    private final byte[] digest;

    Entry(String client, byte[] digest) {
      this.client = client;
      this.digest = digest;
    }
  }

  private ApiKeys(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Lets nobody in. */
  public static ApiKeys none() {
    return new ApiKeys(List.of());
  }

  /**
   * Lets one more key in; a client may have several, as while one replaces another.
   *
   * @param client public name: letters, digits, and {@code . _ @ -}, at most 64
   * @param key drawn at random by the operator, at least 16 characters; another one for everybody
   */
  public ApiKeys with(String client, String key) {
    if (!NAME.matcher(client).matches()) {
      throw new IllegalArgumentException(
          "a client's name must be 1 to 64 of letters, digits and . _ @ -, but was " + client);
    }
    Check.atLeast(SHORTEST, key.length(), "number of characters of the key of " + client);
    if (clientOf(key).isPresent()) {
      throw new IllegalArgumentException(
          "a key must be one client's, but that of %s is there already".formatted(client));
    }
    List<Entry> more = new ArrayList<>(entries);
    more.add(new Entry(client, digest(key)));
    return new ApiKeys(more);
  }

  /** Whose key this is. Takes the same time for every key: it tells nothing of the right ones. */
  Optional<String> clientOf(String key) {
    byte[] presented = digest(key);
    Optional<String> client = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.digest, presented)) {
        client = Optional.of(entry.client);
      }
    }
    return client;
  }

  private static byte[] digest(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return entries.size() + " keys";
  }
}
