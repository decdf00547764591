package io.gauntlet.defenses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.gauntlet.defenses.limit.Limits;
import io.gauntlet.defenses.limit.QueryLimiter;
import io.gauntlet.defenses.limit.Window;
import io.gauntlet.defenses.postprocess.LabelsOnly;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The guards as a filter in front of somebody else's handler, as the package's page shows it. */
class FilterTest {
  private static final Path SOURCE = Path.of("src/test/java/io/gauntlet/defenses/FilterTest.java");
  private static final Path PAGE = Path.of("src/main/java/io/gauntlet/defenses/package-info.java");
  private static final Model MODEL =
      Mlp.linear(Domain.UNIT, new float[][] {{1, 0}, {0, 1}}, new float[2]);
  private static final Batch INPUT = Batch.of(new float[] {0.9f, 0.1f});

  private final GuardedModel guarded =
      GuardedModel.of(MODEL)
          .guardedBy(
              QueryLimiter.of(Limits.of(new Window(2, Duration.ofSeconds(3)))), new LabelsOnly())
          .withClock(() -> Instant.parse("2026-01-01T12:00:00Z"));

  /** What a framework's response is to a filter. */
  private static final class Response {
    private final Map<String, String> headers = new HashMap<>();
    private int status = 200;
    private Batch body = Batch.of();

    void setStatus(int newStatus) {
      status = newStatus;
    }

    void setHeader(String name, String value) {
      headers.put(name, value);
    }

    void setBody(Batch newBody) {
      body = newBody;
    }
  }

  private void filter(
      String client, Batch inputs, Response response, UnaryOperator<Batch> handler) {
    // FILTER
    Passage passage = guarded.enter(client, inputs);
    Reply refusal = passage.refusal().orElse(null);
    if (refusal instanceof Reply.Limited limited) {
      response.setStatus(429);
      limited.retryAfterSeconds().ifPresent(s -> response.setHeader("Retry-After", s.toString()));
    } else if (refusal instanceof Reply.Invalid) {
      response.setStatus(400);
    } else {
      try {
        Reply reply = passage.leave(handler.apply(inputs));
        if (reply instanceof Reply.Answered answered) {
          response.setBody(answered.probabilities());
        } else {
          response.setStatus(500);
        }
      } catch (RuntimeException e) {
        passage.fail(e); // the client is not charged
        throw e;
      }
    }
    // END
  }

  @Test
  void the_page_shows_the_filter_that_is_tested_here() throws IOException {
    List<String> page =
        Files.readAllLines(PAGE).stream().map(line -> line.replaceFirst("^ \\* ?", "")).toList();
    assertThat(between(page, "<pre>{@code", "}</pre>"))
        .isEqualTo(between(Files.readAllLines(SOURCE), "// FILTER", "// END"));
  }

  private static List<String> between(List<String> lines, String from, String to) {
    List<String> stripped = lines.stream().map(String::strip).toList();
    int start = stripped.indexOf(from) + 1;
    return stripped.subList(start, start + stripped.subList(start, stripped.size()).indexOf(to));
  }

  @Test
  void a_filter_changes_answers_and_refuses_with_the_seconds_to_wait() {
    Response answered = new Response();
    filter("alice", INPUT, answered, MODEL::logits);
    assertThat(answered.status).isEqualTo(200);
    assertThat(answered.body.row(0)).containsExactly(1, 0);
    filter("alice", INPUT, new Response(), MODEL::logits);
    Response refused = new Response();
    filter(
        "alice",
        INPUT,
        refused,
        inputs -> {
          throw new AssertionError("a refused query must not reach the handler");
        });
    assertThat(refused.status).isEqualTo(429);
    assertThat(refused.headers).containsEntry("Retry-After", "2"); // a row each 1.5 s
    Response invalid = new Response();
    filter("bob", Batch.of(new float[] {2, 0}), invalid, MODEL::logits);
    assertThat(invalid.status).isEqualTo(400);
  }

  @Test
  void a_handler_that_fails_costs_the_client_nothing() {
    for (int i = 0; i < 5; i++) {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  filter(
                      "alice",
                      INPUT,
                      new Response(),
                      inputs -> {
                        throw new IllegalStateException("no memory");
                      }));
    }
    Response answered = new Response();
    filter("alice", INPUT, answered, MODEL::logits);
    assertThat(answered.status).isEqualTo(200);
  }
}
