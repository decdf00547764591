package io.gauntlet.http;

import io.gauntlet.http.HttpModelException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLException;

/** Requests and answers: time-outs, retries, limits, and a typed end for everything else. */
final class Channel {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final HttpOptions options;
  private final HttpClient client;

  Channel(HttpOptions options) {
    this.options = options;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // servers stumble over the offer of HTTP/2
            .followRedirects(HttpClient.Redirect.NEVER) // credentials go where they were meant to
            .connectTimeout(options.timeout())
            .build();
  }

  /** What is there. */
  Answer get(URI uri) {
    return answer(HttpRequest.newBuilder(uri).GET(), attempt -> {});
  }

  /**
   * The answer to a question.
   *
   * @param sending told the number of each request just before it is sent, 0 for the first
   */
  Answer post(URI uri, String question, IntConsumer sending) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .POST(BodyPublishers.ofString(question))
            .header("Content-Type", "application/json");
    return answer(request, sending);
  }

  private Answer answer(HttpRequest.Builder template, IntConsumer sending) {
    template.header("Accept", "application/json");
    for (int attempt = 0; ; attempt++) {
      Credentials credentials = new Credentials(options.headers().get());
      HttpRequest request = credentials.addedTo(template.copy()).build();
      String address = Address.of(request.uri());
      requireNotInterrupted(address);
      sending.accept(attempt);
      HttpResponse<byte[]> response = exchange(request, address);
      int status = response.statusCode();
      String body = new String(response.body(), StandardCharsets.UTF_8);
      Answer answer = new Answer(address, body, credentials);
      if (status / 100 == 2) {
        return answer;
      }
      if (status != TOO_MANY_REQUESTS && status != UNAVAILABLE) {
        String found = "%s: %s".formatted(status, answer.excerpt());
        throw answer.is(Reason.REFUSED, found, "status 200");
      }
      pause(waitAfter(attempt, status, response.headers(), answer), address);
    }
  }

  private Duration waitAfter(int attempt, int status, HttpHeaders headers, Answer answer) {
    Retries retries = options.retries();
    if (attempt == retries.most()) {
      String found = "%s, at the last of %s times: %s";
      throw answer.is(
          Reason.BUSY, found.formatted(status, attempt + 1, answer.excerpt()), "status 200");
    }
    Optional<Duration> demanded = RetryAfter.in(headers);
    Optional<Duration> wait = retries.before(attempt, demanded);
    if (wait.isEmpty()) {
      String found = "%s and Retry-After %s".formatted(status, demanded.orElseThrow());
      throw answer.is(
          Reason.BUSY, found, "status 200 after %s at most".formatted(retries.longestPause()));
    }
    return wait.get();
  }

  private HttpResponse<byte[]> exchange(HttpRequest request, String address) {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, head -> new LimitedBody(options.largestAnswer()));
    try {
      // the client's own time-out ends with the head of an answer, and a body may drip for ever
      return answer.get(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw failure(Reason.TOO_SLOW, address, "within " + options.timeout(), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw interrupted(address, e);
    } catch (ExecutionException e) {
      throw typed(e, address);
    }
  }

  private RuntimeException typed(ExecutionException failure, String address) {
    Throwable cause = failure.getCause();
    if (cause instanceof LimitedBody.Exceeded) {
      String limit = "with at most %s bytes".formatted(options.largestAnswer());
      return failure(Reason.TOO_LARGE, address, limit, cause);
    }
    if (cause instanceof HttpConnectTimeoutException) {
      return failure(Reason.TOO_SLOW, address, "within " + options.timeout(), cause);
    }
    if (cause instanceof ConnectException || cause instanceof SSLException) {
      return failure(Reason.UNREACHABLE, address, "at all", cause);
    }
    if (cause instanceof ProtocolException) { // not as the cause: it repeats what the server said
      return new HttpModelException(
          Reason.UNREADABLE, address + " must answer in HTTP, but did not");
    }
    if (cause instanceof IOException) {
      return failure(Reason.BROKEN_OFF, address, "to the end", cause);
    }
    return new IllegalStateException("a request fails by an IOException only", cause);
  }

  private static HttpModelException failure(
      Reason reason, String address, String how, Throwable cause) {
    return new HttpModelException(
        reason, "%s must answer %s, but did not: %s".formatted(address, how, cause), cause);
  }

  private static HttpModelException interrupted(String address, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new HttpModelException(
        Reason.INTERRUPTED, "the caller was interrupted while it asked " + address, cause);
  }

  private static void requireNotInterrupted(String address) {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(address, new InterruptedException());
    }
  }

  private static void pause(Duration wait, String address) {
    try {
      TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    } catch (InterruptedException e) {
      throw interrupted(address, e);
    }
  }
}
