package io.gauntlet.examples.serving;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * One request on its connection: read within limits of size and time, concluded once, answered
 * once.
 */
final class Exchange implements Endpoint.Request {
  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
  private static final int CHUNK = 8192;

  private final HttpExchange http;
  private final Visit visit;
  private final Limits limits;
  private final Conclusion conclusion;
  private final Consumer<IOException> undelivered;
  private final AtomicBoolean concluded = new AtomicBoolean();

  /**
   * What a connection may cost.
   *
   * @param largestBody bytes
   * @param patience for a body to arrive, and again for an answer to be taken
   * @param watch where time is kept
   */
  record Limits(int largestBody, Duration patience, ScheduledExecutorService watch) {}

  /** Books the end of a request before the client hears of it. */
  @FunctionalInterface
  interface Conclusion {
    /** What the client is to hear: {@code response}, or another if that cannot be booked. */
    Response of(Visit visit, Response response);
  }

  Exchange(
      HttpExchange http,
      Visit visit,
      Limits limits,
      Conclusion conclusion,
      Consumer<IOException> undelivered) {
    this.http = http;
    this.visit = visit;
    this.limits = limits;
    this.conclusion = conclusion;
    this.undelivered = undelivered;
  }

  @Override
  public String method() {
    return http.getRequestMethod();
  }

  @Override
  public String path() {
    return Optional.ofNullable(http.getRequestURI().getPath()).orElse("");
  }

  @Override
  public Optional<String> header(String name) {
    List<String> values = http.getRequestHeaders().getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  @Override
  public byte[] body() throws Refusal {
    Optional<Long> announced =
        header("Content-Length")
            .filter(length -> LENGTH.matcher(length).matches())
            .map(Long::parseLong);
    if (announced.orElse(0L) > limits.largestBody()) {
      throw tooLarge();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (Deadline deadline = Deadline.in(limits.patience(), limits.watch(), this::tooSlow)) {
      try {
        read(body);
      } catch (IOException e) {
        throw brokenOff(deadline, e);
      }
    }
    if (announced.isPresent() && body.size() < announced.get()) {
      throw gone();
    }
    return body.toByteArray();
  }

  private void read(ByteArrayOutputStream body) throws IOException, Refusal {
    InputStream in = http.getRequestBody();
    byte[] chunk = new byte[CHUNK];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      body.write(chunk, 0, read);
      visit.hasRead(body.size());
      if (body.size() > limits.largestBody()) {
        throw tooLarge();
      }
    }
  }

  private Refusal tooLarge() {
    return new Refusal(
        Outcome.TOO_LARGE,
        "a body must have at most %s bytes, but has more".formatted(limits.largestBody()));
  }

  private static Refusal brokenOff(Deadline deadline, IOException e) {
    if (deadline.hasPassed()) {
      return new Refusal(Outcome.TOO_SLOW, "told by then");
    }
    return e instanceof ClosedByInterruptException
        ? new Refusal(Outcome.CLOSING, "the server has closed")
        : gone();
  }

  private static Refusal gone() {
    return new Refusal(Outcome.CLIENT_GONE, "the body must be whole, but broke off");
  }

  /** Runs while the thread that serves is waiting for the client, and cannot speak itself. */
  private void tooSlow() {
    String reason = "a request must arrive within %s, but did not".formatted(limits.patience());
    concluded(Response.error(Outcome.TOO_SLOW, reason))
        .ifPresent(
            response -> {
              try {
                send(response);
              } catch (IOException e) {
                undelivered.accept(e);
              }
            });
  }

  /** Ends the request, unless it has ended: books it, then answers it. */
  void finish(Response response) {
    concluded(response).ifPresent(this::deliver);
  }

  private Optional<Response> concluded(Response response) {
    return concluded.compareAndSet(false, true)
        ? Optional.of(conclusion.of(visit, response))
        : Optional.empty();
  }

  private void deliver(Response response) {
    if (response.outcome() == Outcome.CLIENT_GONE) {
      return;
    }
    try (Deadline deadline = Deadline.in(limits.patience(), limits.watch(), () -> {})) {
      try {
        send(response);
        if (!deadline.hasPassed()) {
          discardTheRest();
        }
      } catch (IOException e) {
        undelivered.accept(e);
      }
    }
  }

  private void send(Response response) throws IOException {
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    http.getResponseHeaders().set("Content-Type", response.type());
    response.headers().forEach(http.getResponseHeaders()::set);
    boolean bodiless = method().equals("HEAD");
    http.sendResponseHeaders(response.outcome().status(), bodiless ? -1 : body.length);
    if (!bodiless) {
      http.getResponseBody().write(body);
      http.getResponseBody().flush();
    }
  }

  /** A client that is still sending would lose the answer if the connection closed on it. */
  private void discardTheRest() {
    try {
      InputStream in = http.getRequestBody();
      byte[] chunk = new byte[CHUNK];
      while (in.read(chunk) >= 0) {
        // read to be forgotten
      }
    } catch (IOException e) {
      // the answer is on its way, whatever became of the rest
    }
  }
}
