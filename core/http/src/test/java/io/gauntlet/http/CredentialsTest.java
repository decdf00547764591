package io.gauntlet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gauntlet.model.Batch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Credentials go to the server and nowhere else. */
class CredentialsTest {
  private static final String SECRET = "hunter2-hunter2";

  /** A supplier that gives itself away, if anybody prints it. */
  record Login(String token) implements Supplier<Map<String, String>> {
    @Override
    public Map<String, String> get() {
      return Map.of("Authorization", "Bearer " + token);
    }
  }

  private static final HttpOptions OPTIONS = HttpOptions.standard().withHeaders(new Login(SECRET));

  private final InferenceServer server = InferenceServer.of(Nets.NET);

  @AfterEach
  void stop() {
    server.close();
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void are_asked_for_before_every_request_and_sent_with_it() {
    AtomicInteger token = new AtomicInteger();
    HttpModel model =
        HttpModel.of(
            server.endpoint(),
            HttpOptions.standard()
                .withHeaders(() -> Map.of("Authorization", "Bearer " + token.incrementAndGet())));
    server.strikeNext(Fault.busy(503));
    model.logits(Batch.of(new float[6]));
    assertThat(server.requests())
        .extracting(fields -> fields.getFirst("Authorization"))
        .containsExactly("Bearer 1", "Bearer 2", "Bearer 3", "Bearer 4");
  }

  @Test
  void are_not_repeated_where_the_server_repeats_them() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    for (Fault echo :
        new Fault[] {
          (exchange, right) ->
              Fault.send(exchange, 403, exchange.getRequestHeaders().getFirst("Authorization")),
          (exchange, right) -> Fault.send(exchange, 401, "invalid token '" + SECRET + "'"),
          Fault.body("[\"" + SECRET + "\"]"),
          Fault.body("{\"" + SECRET + "\":{\"a\":"),
          Fault.instead("\"logits\"", "\"" + SECRET + "\""),
        }) {
      server.strikeNext(echo);
      HttpModelException failure =
          catchThrowableOfType(
              HttpModelException.class, () -> model.logits(Batch.of(new float[6])));
      assertThat(failure).hasMessageContaining("***");
      assertThat(trace(failure)).doesNotContain(SECRET);
    }
  }

  @Test
  void are_not_shown_where_they_cannot_be_sent() {
    HttpOptions broken = OPTIONS.withHeaders(new Login(SECRET + "\n"));
    assertThatThrownBy(() -> HttpModel.of(server.endpoint(), broken))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("header field")
        .satisfies(failure -> assertThat(trace(failure)).doesNotContain(SECRET));
  }

  @Test
  void are_not_part_of_what_names_the_model_or_its_options() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    assertThat(model.fingerprint()).doesNotContain(SECRET);
    assertThat(OPTIONS.toString()).doesNotContain(SECRET).contains("timeout=PT30S");
  }
}
