package io.gauntlet.examples.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.examples.serving.ServedModel.Answer;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client does, it gets the right status, the log one line, and the next one service. */
@Timeout(120)
class HostileClientsTest {
  private static final Mlp MODEL =
      Mlp.linear(Domain.UNIT, new float[][] {{1, -2}, {3, 4}}, new float[] {.5f, 0});
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private ServedModel serve(UnaryOperator<ServerOptions> change) {
    return ServedModel.start(folder, GuardedModel.of(MODEL), change);
  }

  /** The first request has ended so, and the server goes on. */
  private static void assertEndedOnce(ServedModel served, int status, String outcome)
      throws IOException {
    assertThat(served.ask(ServedModel.question("0,0")).status()).isEqualTo(200);
    List<JsonObject> lines = served.lines();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("status").getAsInt()).isEqualTo(status);
    assertThat(lines.get(0).get("outcome").getAsString()).isEqualTo(outcome);
  }

  private static Arguments body(String outcome, String error, String body) {
    return Arguments.argumentSet(error, outcome, error, body);
  }

  private static String tensor(String shape, String data) {
    return "{\"inputs\":[{\"name\":\"features\",\"shape\":%s,\"datatype\":\"FP32\",\"data\":%s}]}"
        .formatted(shape, data);
  }

  static Stream<Arguments> bodies() {
    String good = ServedModel.question("0,0");
    return Stream.of(
        body("not-json", "the body must be JSON", ""),
        body("not-json", "but is not at $.inputs[0].data[1]", tensor("[1,2]", "[0,]")),
        body("not-json", "but is not at $.inputs[0].data[1]", tensor("[1,2]", "[0,NaN]")),
        body("not-json", "knows no NaN or Infinity", tensor("[1,2]", "[0,-Infinity]")),
        body("not-json", "but is not at $", good + good),
        body("not-a-request", "$ must be an object, but was an array", "[".repeat(100_000)),
        body("wrong-shape", "2 deep at most", tensor("[1,2]", "[".repeat(100_000))),
        body("not-a-request", "$.inputs must be an array, but was null", "{\"inputs\":null}"),
        body("not-a-request", "$.inputs[0] must be an object", "{\"inputs\":[]}"),
        body("not-a-request", "a question needs inputs, but had none", "{}"),
        body("not-a-request", "no member $.input", "{\"input\":[]}"),
        body("not-a-request", "$.id is there again", "{\"id\":\"1\",\"id\":\"2\"}"),
        body("not-a-request", "$.id must be a string, but was a number", "{\"id\":7}"),
        body("not-a-request", "must be FP32 or FP64, but was BYTES", good.replace("FP32", "BYTES")),
        body("not-a-request", "must be features, but was x", good.replace("features", "x")),
        body(
            "not-a-request",
            "an output must be [probabilities, logits], but was weights",
            good.replace("]}]}", "]}],\"outputs\":[{\"name\":\"weights\"}]}")),
        body(
            "not-a-request",
            "needs inputs[0].datatype",
            good.replace("\"datatype\":\"FP32\",", "")),
        body(
            "not-a-request",
            "data[0] must be a number, but was a string",
            tensor("[1,2]", "[\"0\",1]")),
        body("wrong-shape", "must be [rows, 2] with 1 to 256 rows", tensor("[2,1]", "[0,0]")),
        body("wrong-shape", "but was [0, 2]", tensor("[0,2]", "[]")),
        body("wrong-shape", "but was []", tensor("[]", "[]")),
        body("wrong-shape", "but was [257, 2]", tensor("[257,2]", "[0,0]")),
        body("wrong-shape", "had -1 at axis 0", tensor("[-1,2]", "[0,0]")),
        body("wrong-shape", "had 1.5 at axis 0", tensor("[1.5,2]", "[0,0]")),
        body("wrong-shape", "had 2147483648 at axis 0", tensor("[2147483648,2]", "[0,0]")),
        body("wrong-shape", "had 2 at axis 2", tensor("[1,2,2]", "[0,0]")),
        body("wrong-shape", "must be 4 numbers", tensor("[2,2]", "[0,0]")),
        body("wrong-shape", "but was of shape [2, 1]", tensor("[1,2]", "[[0],[0]]")),
        body("wrong-shape", "data must be regular", tensor("[2,2]", "[[0,0],[0]]")),
        body("wrong-shape", "data must be regular", tensor("[1,2]", "[0,[0]]")),
        body("wrong-shape", "at most 512 numbers", tensor("[1,2]", "[0" + ",0".repeat(600) + "]")),
        body(
            "not-finite", "must fit into 32-bit floats, but had 1e39", tensor("[1,2]", "[0,1e39]")),
        body(
            "out-of-domain",
            "must lie in the model's domain [0.0, 1.0], but feature 1 of example 0 was 1.5",
            tensor("[1,2]", "[0,1.5]")));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void a_wrong_body_is_named_by_place_and_rule(String outcome, String error, String body)
      throws IOException {
    try (ServedModel served = serve(UnaryOperator.identity())) {
      Answer answer = served.ask(body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).startsWith("{\"error\":\"").contains(error);
      assertThat(answer.body().length()).isLessThan(300);
      assertEndedOnce(served, 400, outcome);
    }
  }

  @Test
  void a_body_that_is_not_utf_8_is_no_json() throws IOException {
    try (ServedModel served = serve(UnaryOperator.identity())) {
      byte[] body =
          ServedModel.question("0,0").replace("features", "feat\u00fcres").getBytes(ISO_8859_1);
      Answer answer =
          served.send("POST", "/v2/models/net/infer", "Bearer " + ServedModel.KEY, body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("must be UTF-8");
      assertEndedOnce(served, 400, "not-json");
    }
  }

  @Test
  void a_body_of_100_mb_is_refused_by_its_announced_size_and_the_client_can_read_why()
      throws IOException {
    try (ServedModel served = serve(options -> options.withLargestBody(MIB));
        Socket socket = served.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(ServedModel.inferHead(100L * MIB));
      byte[] megabyte = new byte[MIB];
      for (int i = 0; i < 100; i++) {
        out.write(megabyte); // reads nothing before it has written all
      }
      Answer answer = Answer.from(socket.getInputStream());
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("at most 1048576 bytes");
      assertEndedOnce(served, 413, "too-large");
      assertThat(served.lines().get(0).get("bytes").getAsLong()).isZero();
    }
  }

  @Test
  void a_body_of_100_mb_that_announces_no_size_is_read_up_to_the_limit_only() throws IOException {
    try (ServedModel served = serve(options -> options.withLargestBody(MIB));
        Socket socket = served.connect()) {
      OutputStream out = socket.getOutputStream();
      String head = new String(ServedModel.inferHead(0), US_ASCII);
      out.write(head.replace("Content-Length: 0", "Transfer-Encoding: chunked").getBytes(US_ASCII));
      byte[] megabyte = new byte[MIB];
      for (int i = 0; i < 100; i++) {
        out.write("100000\r\n".getBytes(US_ASCII));
        out.write(megabyte);
        out.write("\r\n".getBytes(US_ASCII));
      }
      out.write("0\r\n\r\n".getBytes(US_ASCII));
      assertThat(Answer.from(socket.getInputStream()).status()).isEqualTo(413);
      assertEndedOnce(served, 413, "too-large");
      assertThat(served.lines().get(0).get("bytes").getAsLong()).isBetween(1L * MIB, MIB + 8192L);
    }
  }

  @Test
  void a_client_that_stalls_in_its_body_is_told_that_it_was_too_slow() throws IOException {
    try (ServedModel served = serve(options -> options.withPatience(Duration.ofMillis(300)));
        Socket socket = served.connect()) {
      socket.getOutputStream().write(ServedModel.inferHead(1000));
      socket.getOutputStream().write('{');
      Answer answer = Answer.from(socket.getInputStream());
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("must arrive within PT0.3S");
      assertEndedOnce(served, 408, "too-slow");
      assertThat(served.lines().get(0).get("bytes").getAsLong()).isEqualTo(1);
    }
  }

  @Test
  void slow_clients_do_not_keep_others_waiting() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try (ServedModel served =
        serve(options -> options.withPatience(Duration.ofSeconds(60)).withGrace(Duration.ZERO))) {
      for (int i = 0; i < 50; i++) {
        Socket socket = served.connect();
        socket.getOutputStream().write(ServedModel.inferHead(1000));
        slow.add(socket);
      }
      assertThat(served.ask(ServedModel.question("0,0")).status()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void a_connection_that_drops_in_the_middle_of_a_body_leaves_one_line() throws Exception {
    try (ServedModel served = serve(UnaryOperator.identity())) {
      try (Socket socket = served.connect()) {
        socket.getOutputStream().write(ServedModel.inferHead(1000));
        socket.getOutputStream().write("{\"inputs\":".getBytes(UTF_8));
      }
      awaitLines(served, 1);
      assertEndedOnce(served, 499, "client-gone");
    }
  }

  @Test
  void a_connection_that_is_reset_in_the_middle_of_a_body_leaves_one_line() throws Exception {
    try (ServedModel served = serve(UnaryOperator.identity())) {
      try (Socket socket = served.connect()) {
        socket.setSoLinger(true, 0); // closing resets
        socket.getOutputStream().write(ServedModel.inferHead(1000));
        socket.getOutputStream().write("{\"inputs\":".getBytes(UTF_8));
      }
      awaitLines(served, 1);
      assertEndedOnce(served, 499, "client-gone");
    }
  }

  @Test
  void a_client_that_leaves_before_its_answer_leaves_one_line() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    GuardedModel guarded = GuardedModel.of(waiting(asked, gone));
    try (ServedModel served = ServedModel.start(folder, guarded, UnaryOperator.identity())) {
      try (Socket socket = served.connect()) {
        byte[] body = ServedModel.question("0,0").getBytes(UTF_8);
        socket.setSoLinger(true, 0);
        socket.getOutputStream().write(ServedModel.inferHead(body.length));
        socket.getOutputStream().write(body);
        asked.await();
      }
      gone.countDown();
      awaitLines(served, 1);
      assertEndedOnce(served, 200, "answered");
    }
  }

  @Test
  void a_client_that_does_not_take_its_answer_is_given_up() throws Exception {
    int classes = 20_000;
    GuardedModel wordy =
        GuardedModel.of(
            Models.of(
                "wordy", Shape.of(2), Domain.UNIT, classes, in -> new float[in.length][classes]));
    UnaryOperator<ServerOptions> impatient =
        options -> options.withPatience(Duration.ofMillis(500));
    try (ServedModel served = ServedModel.start(folder, wordy, impatient);
        Socket socket = served.connect()) {
      byte[] body =
          tensor("[128,2]", "[0" + ",0".repeat(255) + "]").getBytes(UTF_8); // 50 MB of answer
      socket.getOutputStream().write(ServedModel.inferHead(body.length));
      socket.getOutputStream().write(body);
      String operator = "Bearer " + ServedModel.OPERATOR_KEY;
      while (!served.get("/metrics", operator).body().contains("undelivered_total 1.0")) {
        Thread.onSpinWait(); // the class's time-out ends this
      }
      assertThat(served.lines().get(0).get("outcome").getAsString()).isEqualTo("answered");
    }
  }

  /** Two classes; says when it is first asked, and answers when it may. */
  private static Model waiting(CountDownLatch asked, CountDownLatch go) {
    return Models.of(
            "waiting",
            Shape.of(2),
            Domain.UNIT,
            2,
            inputs -> {
              asked.countDown();
              go.await();
              return new float[inputs.length][2];
            })
        .withConcurrency(Concurrency.threadSafe(64));
  }

  private static void awaitLines(ServedModel served, int lines) throws InterruptedException {
    while (served.lines().size() < lines) { // the class's time-out ends this
      Thread.onSpinWait();
    }
  }

  static Stream<Arguments> heads() {
    String bearer = "Bearer ";
    String infer = "/v2/models/net/infer";
    return Stream.of(
        Arguments.of(401, "unknown-key", "POST", infer, ""),
        Arguments.of(401, "unknown-key", "POST", infer, bearer + "mallory-0123456789abcdef"),
        Arguments.of(401, "unknown-key", "POST", infer, bearer),
        Arguments.of(401, "unknown-key", "POST", infer, "Basic " + ServedModel.KEY),
        Arguments.of(401, "unknown-key", "POST", infer, bearer + ServedModel.KEY + "x"),
        Arguments.of(
            401,
            "unknown-key",
            "POST",
            infer,
            bearer + ServedModel.KEY + "\r\nAuthorization: " + bearer + ServedModel.OTHER_KEY),
        Arguments.of(401, "unknown-key", "GET", "/nothing", ""),
        Arguments.of(404, "not-found", "GET", "/nothing", bearer + ServedModel.KEY),
        Arguments.of(404, "not-found", "POST", "/v2/models/other/infer", bearer + ServedModel.KEY),
        Arguments.of(
            404, "not-found", "GET", "/v2/models/net/versions/2", bearer + ServedModel.KEY),
        Arguments.of(404, "not-found", "GET", "/v2/../metrics", bearer + ServedModel.KEY),
        Arguments.of(405, "wrong-method", "GET", infer, bearer + ServedModel.KEY),
        Arguments.of(405, "wrong-method", "HEAD", infer, bearer + ServedModel.KEY),
        Arguments.of(405, "wrong-method", "DELETE", "/v2/models/net", bearer + ServedModel.KEY),
        Arguments.of(
            415,
            "unsupported",
            "POST",
            infer,
            bearer + ServedModel.KEY + "\r\nContent-Encoding: gzip"),
        Arguments.of(
            415,
            "unsupported",
            "POST",
            infer,
            bearer + ServedModel.KEY + "\r\nContent-Type: application/octet-stream"));
  }

  @ParameterizedTest
  @MethodSource("heads")
  void a_wrong_head_has_its_status(
      int status, String outcome, String method, String path, String authorization)
      throws IOException {
    try (ServedModel served = serve(UnaryOperator.identity())) {
      byte[] body = ServedModel.question("0,0").getBytes(UTF_8);
      assertThat(served.send(method, path, authorization, body).status()).isEqualTo(status);
      assertEndedOnce(served, status, outcome);
    }
  }

  @Test
  void a_failing_model_is_status_500_and_says_nothing_of_why() throws IOException {
    GuardedModel guarded =
        GuardedModel.of(
            Models.of(
                "broken",
                Shape.of(2),
                Domain.UNIT,
                2,
                inputs -> {
                  throw new IOException("password of the weight store: hunter2");
                }));
    try (ServedModel served = ServedModel.start(folder, guarded, UnaryOperator.identity())) {
      Answer answer = served.ask(ServedModel.question("0,0"));
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).isEqualTo("{\"error\":\"the model has failed\"}");
      assertThat(served.logText()).contains("\"outcome\":\"failed\"").doesNotContain("hunter2");
    }
  }

  @Test
  void closing_lets_requests_under_way_end_and_tells_new_ones() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    GuardedModel guarded = GuardedModel.of(waiting(asked, go));
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServedModel served =
        ServedModel.start(folder, guarded, options -> options.withGrace(Duration.ofSeconds(60)))) {
      Future<Answer> underWay = threads.submit(() -> served.ask(ServedModel.question("0,0")));
      asked.await();
      Future<?> closing = threads.submit(served.server()::close);
      Future<?> again = threads.submit(served.server()::close);
      Answer late = served.ask(ServedModel.question("0,0"));
      while (late.status() == 200) {
        late = served.ask(ServedModel.question("0,0")); // close has not begun yet
      }
      go.countDown();
      assertThat(late.status()).isEqualTo(503);
      assertThat(underWay.get().status()).isEqualTo(200);
      closing.get();
      again.get();
      assertThat(served.lines())
          .extracting(line -> line.get("status").getAsInt())
          .contains(200, 503)
          .doesNotContain(500);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closing_does_not_wait_for_stalled_clients_beyond_its_grace() throws Exception {
    ServedModel served =
        serve(options -> options.withPatience(Duration.ofDays(1)).withGrace(Duration.ofMillis(50)));
    try (served;
        Socket socket = served.connect()) {
      socket.getOutputStream().write(ServedModel.inferHead(1000));
      socket.getOutputStream().write('{');
      while (!served.server().isBusy()) {
        Thread.onSpinWait();
      }
      served.server().close(); // the class's time-out ends this
      awaitLines(served, 1);
      assertThat(served.lines().get(0).get("outcome").getAsString()).isEqualTo("closing");
    }
  }

  @Test
  void many_clients_at_once_get_one_whole_line_each() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try (ServedModel served = serve(UnaryOperator.identity())) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String body = i % 2 == 0 ? ServedModel.question("0,0") : "{";
        answers.add(threads.submit(() -> served.ask(body)));
      }
      int good = 0;
      for (Future<Answer> answer : answers) {
        good += answer.get().status() == 200 ? 1 : 0;
      }
      assertThat(good).isEqualTo(200);
      assertThat(served.lines()).hasSize(400); // all of them JSON
      assertThat(served.lines())
          .extracting(line -> line.get("request").getAsLong())
          .doesNotHaveDuplicates();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void keys_are_in_no_log_no_answer_and_no_meter() throws Exception {
    Queue<String> logged = new ConcurrentLinkedQueue<>();
    Handler ear =
        new Handler() {
          @Override
          public void publish(LogRecord event) {
            logged.add(new SimpleFormatter().format(event));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger.getLogger("").addHandler(ear);
    List<Answer> answers = new ArrayList<>();
    String wrongKey = "mallory-0123456789abcdef";
    GuardedModel guarded =
        GuardedModel.of(
            Models.of(
                "broken",
                Shape.of(2),
                Domain.UNIT,
                2,
                inputs -> {
                  throw new IOException("no weights");
                }));
    try (ServedModel served = ServedModel.start(folder, guarded, UnaryOperator.identity())) {
      answers.add(served.ask(ServedModel.question("0,0")));
      answers.add(served.get("/v2/models/net?key=" + ServedModel.KEY, ""));
      answers.add(served.get("/" + wrongKey, "Bearer " + wrongKey));
      answers.add(served.get("/" + ServedModel.KEY, "Bearer " + ServedModel.KEY));
      answers.add(served.ask("{\"" + ServedModel.KEY + "\":1}").withoutBody()); // its own word
      answers.add(served.get("/metrics", "Bearer " + ServedModel.OPERATOR_KEY));
      String everything = logged + served.logText() + served.server() + answers;
      assertThat(logged).anyMatch(event -> event.contains("request 1 has failed"));
      assertThat(everything)
          .doesNotContain(
              ServedModel.KEY, ServedModel.OTHER_KEY, ServedModel.OPERATOR_KEY, wrongKey);
      assertThat(served.lines()).hasSize(6);
    } finally {
      Logger.getLogger("").removeHandler(ear);
    }
  }
}
