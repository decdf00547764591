package io.gauntlet.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gauntlet.http.HttpModelException.Reason;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a server does, a caller gets scores or an exception that says what came instead. */
@Timeout(60)
class FaultsTest {
  private static final Batch INPUTS = Batch.of(new float[6], new float[6]).standingFor(5, 8);
  private static final HttpOptions OPTIONS =
      HttpOptions.standard().withTimeout(Duration.ofSeconds(20)).withLargestAnswer(1 << 20);

  private final InferenceServer server = InferenceServer.of(Nets.NET);

  @AfterEach
  void stop() {
    server.close();
  }

  private static Arguments fault(Reason reason, String message, Fault... faults) {
    return Arguments.argumentSet(message, reason, message, List.of(faults));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            Reason.BUSY,
            "must answer with status 200, but answered with 503, at the last of 5 times:"
                + " {\"error\":\"status 503\"}",
            Fault.busy(503),
            Fault.busy(429),
            Fault.busy(503),
            Fault.busy(429),
            Fault.busy(503)),
        fault(
            Reason.BUSY,
            "must answer with status 200 after PT1M at most, but answered with 429 and Retry-After"
                + " PT1H",
            Fault.status(429, Map.of("Retry-After", "3600"))),
        fault(
            Reason.REFUSED,
            "must answer with status 200, but answered with 500: {\"error\":\"status 500\"}",
            Fault.status(500, Map.of())),
        fault(
            Reason.REFUSED,
            "but answered with 401: {\"error\":\"status 401\"}",
            Fault.status(401, Map.of())),
        fault(
            Reason.REFUSED,
            "but answered with 302: {\"error\":\"status 302\"}",
            Fault.status(302, Map.of("Location", "http://127.0.0.1:1/"))),
        fault(
            Reason.UNREADABLE,
            "must answer with JSON, but answered with <html> Bad Gateway </html>",
            Fault.body("<html>\n  Bad\tGateway\n</html>")),
        fault(
            Reason.UNREADABLE,
            "must answer with JSON, but answered with {\"outputs\":[{",
            Fault.body("{\"outputs\":[{")),
        fault(
            Reason.UNREADABLE,
            "must answer with a JSON object, but answered with ",
            Fault.body("")),
        fault(Reason.UNREADABLE, "must answer with JSON", Fault.body("[".repeat(100_000))),
        fault(
            Reason.UNREADABLE,
            "must answer with an output logits, but answered with outputs []",
            Fault.body("{\"error\":\"overloaded\"}")),
        fault(
            Reason.UNREADABLE,
            "must answer with an output logits, but answered with outputs [probabilities]",
            Fault.instead("\"logits\"", "\"probabilities\"")),
        fault(
            Reason.UNREADABLE,
            "must answer with scores of a floating-point datatype, but answered with logits as"
                + " INT64",
            Fault.instead("FP32", "INT64")),
        fault(
            Reason.UNREADABLE,
            "must answer with JSON in which outputs[0].data is an array of numbers, but answered",
            Fault.instead("\"data\":[", "\"data\":[{},")),
        fault(
            Reason.UNREADABLE,
            "must answer with JSON in which outputs[0].data is there, but answered",
            Fault.instead("\"data\"", "\"date\"")),
        fault(
            Reason.UNREADABLE,
            "must answer with JSON in which outputs[0].shape[0] is a whole number, but answered",
            Fault.instead("[2,3]", "[2.5,3]")),
        fault(
            Reason.WRONG_SHAPE,
            "must answer with scores of shape [rows, classes], but answered with 6 values of shape"
                + " [6]",
            Fault.instead("[2,3]", "[6]")),
        fault(
            Reason.WRONG_SHAPE,
            "but answered with 6 values of shape [1000000000, 1000000000]",
            Fault.instead("[2,3]", "[1000000000,1000000000]")),
        fault(
            Reason.WRONG_SHAPE,
            "but answered with 6 values of shape [-2, -3]",
            Fault.instead("[2,3]", "[-2,-3]")),
        fault(
            Reason.WRONG_SHAPE,
            "must answer with one row of scores for each of 2 inputs, but answered with 3 rows",
            Fault.instead("[2,3]", "[3,2]")),
        fault(
            Reason.WRONG_SHAPE,
            "must answer with 3 scores for each input, but answered with 4 for example 5",
            Fault.body(
                "{\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[2,4],"
                    + "\"data\":[1,2,3,4,5,6,7,8]}]}")),
        fault(
            Reason.NOT_FINITE,
            "must answer with finite scores, but answered with NaN for class 1 of example 8",
            scores("1,2,3,4,NaN,6")),
        fault(
            Reason.NOT_FINITE,
            "answered with NaN for class 2 of example 5",
            scores("1,2,null,4,5,6")),
        fault(
            Reason.NOT_FINITE,
            "answered with Infinity for class 0 of example 5",
            scores("1e39,2,3,4,5,6")),
        fault(
            Reason.TOO_LARGE,
            "must answer with at most 1048576 bytes, but did not",
            Fault.endless()),
        fault(Reason.BROKEN_OFF, "must answer to the end, but did not", Fault.closedSocket()),
        fault(Reason.BROKEN_OFF, "must answer to the end, but did not", Fault.halfAnAnswer()));
  }

  private static Fault scores(String data) {
    return Fault.body(
        "{\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[2,3],\"data\":[%s]}]}"
            .formatted(data));
  }

  private HttpModel model() {
    return HttpModel.of(server.endpoint(), OPTIONS);
  }

  private static HttpModelException failure(HttpModel model) {
    return catchThrowableOfType(HttpModelException.class, () -> model.logits(INPUTS));
  }

  private void assertAllIsWell(HttpModel model) {
    assertThat(model.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThat(model.queries()).as("what the server was asked").isEqualTo(server.examples());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void ends_in_its_own_way_is_counted_and_leaves_no_trace(
      Reason reason, String message, List<Fault> faults) {
    HttpModel model = model();
    faults.forEach(server::strikeNext);
    HttpModelException failure = failure(model);
    assertThat(failure).isInstanceOf(ModelException.class);
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure)
        .hasMessageStartingWith(server.address() + "/v2/models/net/infer must answer ")
        .hasMessageContaining(message);
    assertThat(server.hasStruck()).isTrue();
    assertThat(model.queries()).isEqualTo(server.examples());
    assertAllIsWell(model);
  }

  static Stream<Fault> silences() {
    return Stream.of(Fault.silence(), Fault.silenceAfterTheHead());
  }

  @ParameterizedTest
  @MethodSource("silences")
  void a_server_that_falls_silent_is_left_after_the_time_out(Fault silence) {
    assertAllIsWell(model()); // so that the first answers below are not slow for our own reasons
    long before = server.examples();
    HttpModel hasty = HttpModel.of(server.endpoint(), OPTIONS.withTimeout(Duration.ofSeconds(3)));
    server.strikeNext(silence);
    HttpModelException failure = failure(hasty);
    assertThat(failure.reason()).isEqualTo(Reason.TOO_SLOW);
    assertThat(failure).hasMessageContaining("/infer must answer within PT3S, but did not");
    assertThat(hasty.queries()).isEqualTo(server.examples() - before);
  }

  @Test
  void a_server_that_speaks_no_http_cannot_be_read() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread stranger = new Thread(() -> greet(socket));
      stranger.start();
      URI address = URI.create("http://127.0.0.1:" + socket.getLocalPort());
      HttpModelException failure =
          catchThrowableOfType(
              HttpModelException.class,
              () -> HttpModel.of(OpenInference.at(address, "net"), OPTIONS));
      assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
      assertThat(failure).hasMessage(address + "/v2/models/net must answer in HTTP, but did not");
    }
  }

  private static void greet(ServerSocket server) {
    try (Socket caller = server.accept()) {
      caller.getOutputStream().write("220 mail.example.com ready\r\n\r\n".getBytes(UTF_8));
      caller.getInputStream().readAllBytes(); // until the caller has gone
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_server_that_is_not_there_is_said_to_be_unreachable() throws IOException {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    HttpModelException failure =
        catchThrowableOfType(
            HttpModelException.class, () -> HttpModel.of(OpenInference.at(nobody, "net"), OPTIONS));
    assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(failure)
        .hasMessageStartingWith(nobody + "/v2/models/net must answer at all, but did not: ");
  }

  @Test
  void a_model_that_is_not_there_is_refused_in_the_words_of_the_server() {
    HttpModelException failure =
        catchThrowableOfType(
            HttpModelException.class,
            () -> HttpModel.of(OpenInference.at(server.address(), "net/x"), OPTIONS));
    assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
    assertThat(failure)
        .hasMessageEndingWith("but answered with 404: {\"error\":\"no such model\"}");
  }

  @Test
  void a_long_complaint_of_the_server_is_shown_by_its_beginning_and_its_end() {
    HttpModel model = model();
    String trace = "Traceback:\n" + "  File \"app.py\"\n".repeat(99) + "ValueError: 63 features";
    server.strikeNext((exchange, right) -> Fault.send(exchange, 500, trace));
    assertThat(failure(model))
        .hasMessageContaining("answered with 500: Traceback: File \"app.py\" File")
        .hasMessageContaining(" ... ")
        .hasMessageEndingWith("ValueError: 63 features")
        .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(500));
  }

  @Test
  void one_score_for_each_input_is_not_enough() {
    URI uri = URI.create(server.address() + "/v2/models/net");
    assertThatThrownBy(
            () ->
                HttpModel.json(
                    uri, Shape.of(1), batch -> "", body -> new float[][] {{1}, {2}}, OPTIONS))
        .hasMessageContaining(
            "must answer with 2 scores for each input, but answered with 1 for example 0");
  }

  @Test
  @SuppressWarnings("NullAway") // what a JSON library makes of "null"
  void a_function_that_cannot_read_an_answer_is_named_with_the_answer() {
    URI uri = URI.create(server.address() + "/v2/models/net");
    assertThatThrownBy(
            () ->
                HttpModel.json(
                    uri,
                    Shape.of(1),
                    batch -> "",
                    body -> {
                      throw new IllegalStateException("no scores here");
                    },
                    OPTIONS))
        .isInstanceOf(HttpModelException.class)
        .hasMessageContaining("must answer with what the given function reads scores from")
        .hasMessageContaining("{\"name\":\"net\"")
        .hasMessageContaining("no scores here")
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> HttpModel.json(uri, Shape.of(1), batch -> "", body -> null, OPTIONS))
        .isInstanceOf(HttpModelException.class)
        .hasMessageContaining("no rows");
    assertThatThrownBy(
            () ->
                HttpModel.json(
                    uri, Shape.of(1), batch -> "", body -> new float[][] {null, null}, OPTIONS))
        .isInstanceOf(HttpModelException.class)
        .hasMessageContaining("but answered with none for example 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void a_busy_server_is_asked_again_and_every_time_counts(int status) {
    HttpModel model = model();
    long before = server.examples();
    server.strikeNext(Fault.busy(status), Fault.busy(status), Fault.busy(status));
    List<Batch> repeated = new ArrayList<>();
    Batch logits = model.logits(INPUTS, repeated::add);
    assertThat(logits.buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThat(repeated).hasSize(3).allSatisfy(batch -> assertThat(batch.example(1)).isEqualTo(8));
    assertThat(server.examples()).isEqualTo(before + 4 * 2);
    assertThat(model.queries()).isEqualTo(server.examples());
  }

  @Test
  void only_the_request_that_was_turned_away_is_repeated() {
    HttpModel single = HttpModel.of(server.endpoint(), OPTIONS.withBatch(1));
    server.strikeNext(Fault.instead("\"7\"", "\"8\""), Fault.busy(503));
    List<Batch> repeated = new ArrayList<>();
    single.logits(INPUTS, repeated::add);
    assertThat(repeated).extracting(batch -> batch.example(0)).containsExactly(8L);
    assertThat(single.queries()).isEqualTo(server.examples());
  }

  @Test
  void nothing_is_sent_again_against_the_will_of_the_caller() {
    HttpModel model = model();
    long before = server.examples();
    server.strikeNext(Fault.busy(503));
    assertThatThrownBy(
            () ->
                model.logits(
                    INPUTS,
                    again -> {
                      throw new UnsupportedOperationException("no budget");
                    }))
        .isExactlyInstanceOf(UnsupportedOperationException.class);
    assertThat(server.examples()).isEqualTo(before + 2);
    assertThat(model.queries()).isEqualTo(server.examples());
  }

  @Test
  void a_busy_server_is_a_failure_where_retries_are_off() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS.withRetries(Retries.none()));
    server.strikeNext(Fault.busy(503));
    assertThat(failure(model)).hasMessageContaining("503, at the last of 1 times");
    assertAllIsWell(model);
  }

  @Test
  void an_interrupt_ends_a_request_and_a_pause() throws InterruptedException {
    HttpModel model = model();
    for (Fault fault : List.of(Fault.silence(), Fault.status(503, Map.of("Retry-After", "59")))) {
      CountDownLatch asked = new CountDownLatch(1);
      server.strikeNext(
          (exchange, right) -> {
            asked.countDown();
            fault.strike(exchange, right);
          });
      AtomicReference<HttpModelException> thrown = new AtomicReference<>();
      AtomicBoolean flag = new AtomicBoolean();
      Thread caller =
          new Thread(
              () -> {
                thrown.set(failure(model));
                flag.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      asked.await();
      caller.interrupt();
      caller.join();
      assertThat(thrown.get().reason()).isEqualTo(Reason.INTERRUPTED);
      assertThat(flag).as("the flag stays for whoever is above").isTrue();
      assertAllIsWell(model);
    }
  }

  @Test
  void a_caller_that_is_interrupted_already_sends_nothing() {
    HttpModel model = model();
    long before = server.examples();
    Thread.currentThread().interrupt();
    HttpModelException failure = failure(model);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.reason()).isEqualTo(Reason.INTERRUPTED);
    assertThat(server.examples()).isEqualTo(before);
    assertAllIsWell(model);
  }
}
