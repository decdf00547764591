package io.gauntlet.http;

import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How a server is asked.
 *
 * @param domain legal values of the features
 * @param headers asked before every request for header fields to send, such as credentials; called
 *     by several threads at once. What it gives is in no message, report or fingerprint
 * @param timeout longest wait for one complete answer; positive
 * @param retries what to do when the server is busy
 * @param largestAnswer most bytes of one answer; at least 1
 * @param batch most examples in one request; at least 1. Larger batches are cut
 * @param connections requests that an evaluation makes at the same time; at least 1
 * @param version names the weights behind the address, and so belongs to the fingerprint: change it
 *     with them, or a checkpoint made with others is taken for this model's
 */
public record HttpOptions(
    Domain domain,
    Supplier<Map<String, String>> headers,
    Duration timeout,
    Retries retries,
    long largestAnswer,
    int batch,
    int connections,
    String version) {
  private static final long LARGEST_ANSWER = 64L << 20;

  /** Checks the bounds. */
  public HttpOptions {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive, but was " + timeout);
    }
    Check.atLeast(1, largestAnswer, "largestAnswer");
    Check.atLeast(1, batch, "batch");
    Check.atLeast(1, connections, "connections");
  }

  /**
   * Features in [0, 1], no header fields, 30 seconds for an answer of at most 64 MiB, {@link
   * Retries#standard}, 64 examples in a request, 4 requests at a time.
   */
  public static HttpOptions standard() {
    return new HttpOptions(
        Domain.UNIT,
        Map::of,
        Duration.ofSeconds(30),
        Retries.standard(),
        LARGEST_ANSWER,
        64,
        4,
        "");
  }

  /** Other legal values. */
  public HttpOptions withDomain(Domain newDomain) {
    return new HttpOptions(
        newDomain, headers, timeout, retries, largestAnswer, batch, connections, version);
  }

  /** Header fields for every request. */
  public HttpOptions withHeaders(Supplier<Map<String, String>> newHeaders) {
    return new HttpOptions(
        domain, newHeaders, timeout, retries, largestAnswer, batch, connections, version);
  }

  /** Another time-out. */
  public HttpOptions withTimeout(Duration newTimeout) {
    return new HttpOptions(
        domain, headers, newTimeout, retries, largestAnswer, batch, connections, version);
  }

  /** Other retries. */
  public HttpOptions withRetries(Retries newRetries) {
    return new HttpOptions(
        domain, headers, timeout, newRetries, largestAnswer, batch, connections, version);
  }

  /** Another limit on the bytes of one answer. */
  public HttpOptions withLargestAnswer(long newLargestAnswer) {
    return new HttpOptions(
        domain, headers, timeout, retries, newLargestAnswer, batch, connections, version);
  }

  /** Another limit on the examples in one request. */
  public HttpOptions withBatch(int newBatch) {
    return new HttpOptions(
        domain, headers, timeout, retries, largestAnswer, newBatch, connections, version);
  }

  /** Another number of requests at the same time. */
  public HttpOptions withConnections(int newConnections) {
    return new HttpOptions(
        domain, headers, timeout, retries, largestAnswer, batch, newConnections, version);
  }

  /** A name of the weights. */
  public HttpOptions withVersion(String newVersion) {
    return new HttpOptions(
        domain, headers, timeout, retries, largestAnswer, batch, connections, newVersion);
  }

  /** Everything but the header fields. */
  @Override
  public String toString() {
    return "HttpOptions[domain=%s, timeout=%s, retries=%s, largestAnswer=%s, batch=%s, "
            .formatted(domain, timeout, retries, largestAnswer, batch)
        + "connections=%s, version=%s]".formatted(connections, version);
  }
}
