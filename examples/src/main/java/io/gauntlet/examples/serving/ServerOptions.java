package io.gauntlet.examples.serving;

import io.gauntlet.model.Check;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a server is called, whom it lets in, and how much it puts up with.
 *
 * @param model name in the address; letters, digits and {@code . _ -}
 * @param version of the model, the same characters
 * @param clients who may ask the model
 * @param operators who may read the meters, which tell how guards and monitors fare
 * @param largestBody most bytes of a request; at least 1
 * @param mostRows most inputs of a request; at least 1
 * @param patience longest wait for a whole request to arrive, and again for its answer to be taken;
 *     positive
 * @param grace longest wait for requests under way when the server closes; not negative
 * @param threads most requests at once, more wait; at least 1. A slow client holds one for as long
 *     as the patience lasts
 */
public record ServerOptions(
    String model,
    String version,
    ApiKeys clients,
    ApiKeys operators,
    int largestBody,
    int mostRows,
    Duration patience,
    Duration grace,
    int threads) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]+");

  /** Checks the bounds. */
  public ServerOptions {
    requireWord("model", model);
    requireWord("version", version);
    Check.atLeast(1, largestBody, "largestBody");
    Check.atLeast(1, mostRows, "mostRows");
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("patience must be positive, but was " + patience);
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must not be negative, but was " + grace);
    }
    Check.atLeast(1, threads, "threads");
  }

  private static void requireWord(String name, String value) {
    if (!WORD.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s must be letters, digits and . _ -, but was %s".formatted(name, value));
    }
  }

  /**
   * Version 1, no operators, 4 MiB and 256 inputs in a request, 10 s of patience and of grace, 256
   * threads.
   */
  public static ServerOptions of(String model, ApiKeys clients) {
    Duration tenSeconds = Duration.ofSeconds(10);
    return new ServerOptions(
        model, "1", clients, ApiKeys.none(), 4 << 20, 256, tenSeconds, tenSeconds, 256);
  }

  /** Other operators. */
  public ServerOptions withOperators(ApiKeys newOperators) {
    return new ServerOptions(
        model, version, clients, newOperators, largestBody, mostRows, patience, grace, threads);
  }

  /** Another limit on the bytes of a request. */
  public ServerOptions withLargestBody(int newLargestBody) {
    return new ServerOptions(
        model, version, clients, operators, newLargestBody, mostRows, patience, grace, threads);
  }

  /** Another limit on the inputs of a request. */
  public ServerOptions withMostRows(int newMostRows) {
    return new ServerOptions(
        model, version, clients, operators, largestBody, newMostRows, patience, grace, threads);
  }

  /** Another patience. */
  public ServerOptions withPatience(Duration newPatience) {
    return new ServerOptions(
        model, version, clients, operators, largestBody, mostRows, newPatience, grace, threads);
  }

  /** Another grace. */
  public ServerOptions withGrace(Duration newGrace) {
    return new ServerOptions(
        model, version, clients, operators, largestBody, mostRows, patience, newGrace, threads);
  }
}
