package io.gauntlet.examples.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.defenses.Admission;
import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.Reply;
import io.gauntlet.examples.serving.ServedModel.Answer;
import io.gauntlet.http.HttpModel;
import io.gauntlet.http.HttpOptions;
import io.gauntlet.http.OpenInference;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GuardedServerTest {
  private static final Mlp MODEL =
      Mlp.linear(Domain.UNIT, new float[][] {{1, -2}, {3, 4}, {-5, 6}}, new float[] {.5f, 0, -1});
  private static final String OPERATOR = "Bearer " + ServedModel.OPERATOR_KEY;

  @TempDir Path folder;

  private ServedModel serve(GuardedModel guarded) {
    return ServedModel.start(folder, guarded, UnaryOperator.identity());
  }

  private static HttpModel client(ServedModel served, String key) {
    return HttpModel.of(
        OpenInference.at(served.address(), "net").withOutput("logits"),
        HttpOptions.standard().withHeaders(() -> Map.of("Authorization", "Bearer " + key)));
  }

  /** Keeps a client from asking about more than a number of rows. */
  private record OnlyFor(String client, int most) implements Admission {
    @Override
    public Optional<Reply.Limited> admit(Query query) {
      return query.client().equals(client) && query.rows() > most
          ? Optional.of(
              new Reply.Limited(title(), "too many rows", Optional.of(Duration.ofMillis(1500))))
          : Optional.empty();
    }
  }

  /** Suspects everybody at once. */
  private record Paranoid() implements Monitor {
    @Override
    public Optional<Alarm> observe(Query query, Batch probabilities) {
      return Optional.of(new Alarm(title(), query.client(), query.rows(), "nobody is honest"));
    }
  }

  /** Says that every class is as likely. */
  private record Uniform() implements OutputGuard {
    @Override
    public Batch apply(Query query, Batch probabilities) {
      return probabilities.editRows((i, p) -> Arrays.fill(p, 1f / p.length));
    }
  }

  @Test
  void a_client_that_speaks_the_protocol_gets_the_models_own_bits() {
    Batch inputs = Batch.of(new float[] {.1f, .9f}, new float[] {1, 0}, new float[] {.3f, .3f});
    try (ServedModel served = serve(GuardedModel.of(MODEL))) {
      HttpModel seen = client(served, ServedModel.KEY);
      assertThat(seen.classes()).isEqualTo(3);
      assertThat(seen.inputShape()).isEqualTo(MODEL.inputShape());
      assertThat(seen.logits(inputs).buffer()).isEqualTo(MODEL.logits(inputs).buffer());
    }
  }

  @Test
  void an_answer_holds_the_outputs_that_were_asked_for() throws IOException {
    try (ServedModel served = serve(GuardedModel.of(MODEL))) {
      String question =
          ServedModel.question("0,0").replace("]}]}", "]}],\"id\":\"7\",\"outputs\":");
      Answer one = served.ask(question + "[{\"name\":\"logits\"}]}");
      assertThat(one.body())
          .isEqualTo(
              """
              {"model_name":"net","model_version":"1","id":"7","outputs":[{"name":"logits",\
              "datatype":"FP32","shape":[1,3],"data":[0.5,0.0,-1.0]}]}""");
      Answer all = served.ask(question + "[]}");
      assertThat(all.body()).contains("\"name\":\"probabilities\"", "\"name\":\"logits\"");
    }
  }

  @Test
  void output_guards_stand_before_every_output() {
    try (ServedModel served = serve(GuardedModel.of(MODEL).guardedBy(new Uniform()))) {
      Batch logits = client(served, ServedModel.KEY).logits(Batch.of(new float[] {.1f, .9f}));
      assertThat(logits.get(0, 0)).isEqualTo(logits.get(0, 1)).isEqualTo(logits.get(0, 2));
    }
  }

  @Test
  void a_limit_is_status_429_with_whole_seconds_to_wait_and_one_client_s_only() throws IOException {
    try (ServedModel served = serve(GuardedModel.of(MODEL).guardedBy(new OnlyFor("bob", 0)))) {
      byte[] question = ServedModel.question("0,0").getBytes(UTF_8);
      String infer = "/v2/models/net/infer";
      Answer refused = served.send("POST", infer, "Bearer " + ServedModel.OTHER_KEY, question);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.head().toLowerCase(Locale.ROOT)).contains("retry-after: 2");
      assertThat(refused.body()).isEqualTo("{\"error\":\"too many rows\"}");
      assertThat(served.send("POST", infer, "Bearer " + ServedModel.KEY, question).status())
          .isEqualTo(200);
      assertThat(served.lines()).hasSize(2);
      assertThat(served.lines().get(0).get("outcome").getAsString()).isEqualTo("limited");
      assertThat(served.lines().get(0).get("client").getAsString()).isEqualTo("bob");
    }
  }

  @Test
  void alarms_reach_the_audit_log_and_the_meters_and_never_the_client() throws IOException {
    try (ServedModel served = serve(GuardedModel.of(MODEL).guardedBy(new Paranoid()))) {
      Answer answer = served.ask(ServedModel.question("0,0"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.head() + answer.body()).doesNotContainIgnoringCase("paranoid", "alarm");
      JsonObject alarm = served.lines().get(0).getAsJsonArray("alarms").get(0).getAsJsonObject();
      assertThat(alarm.get("reason").getAsString()).isEqualTo("nobody is honest");
      assertThat(served.get("/metrics", OPERATOR).body())
          .contains("gauntlet_alarms_total{monitor=\"Paranoid\"} 1.0\n");
    }
  }

  @Test
  void the_meters_page_counts_requests_rows_and_outcomes_for_operators_only() throws IOException {
    try (ServedModel served = serve(GuardedModel.of(MODEL))) {
      served.ask(ServedModel.question("0,0"));
      served.ask("{");
      assertThat(served.get("/metrics", "Bearer " + ServedModel.KEY).status()).isEqualTo(401);
      Answer page = served.get("/metrics", OPERATOR);
      assertThat(page.head()).contains("text/plain; version=0.0.4");
      assertThat(page.body())
          .contains(
              "gauntlet_server_requests_seconds_count"
                  + "{outcome=\"answered\",route=\"infer\",status=\"200\"} 1\n",
              "gauntlet_server_requests_seconds_count"
                  + "{outcome=\"not-json\",route=\"infer\",status=\"400\"} 1\n",
              "gauntlet_rows_total{outcome=\"answered\"} 1.0\n",
              "gauntlet_server_requests_underway 1.0\n");
      assertThat(served.get("/v2/models/net", OPERATOR).status()).isEqualTo(401);
    }
  }

  @Test
  void probes_need_no_key_and_descriptions_do() throws IOException {
    try (ServedModel served = serve(GuardedModel.of(MODEL))) {
      assertThat(served.get("/v2/health/live", "").body()).isEqualTo("{\"live\":true}");
      assertThat(served.get("/v2/health/ready", "").body()).isEqualTo("{\"ready\":true}");
      String key = "bearer " + ServedModel.KEY; // schemes are case-insensitive, RFC 9110
      assertThat(served.get("/v2", key).body()).contains("\"name\":\"gauntlet\"");
      assertThat(served.get("/v2/models/net/ready", key).body()).contains("\"ready\":true");
      JsonObject model =
          JsonParser.parseString(served.get("/v2/models/net/versions/1", key).body())
              .getAsJsonObject();
      assertThat(model.getAsJsonArray("inputs"))
          .hasToString("[{\"name\":\"features\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]");
      assertThat(served.get("/v2/models/net", "").status()).isEqualTo(401);
    }
  }

  @Test
  void an_answer_that_cannot_be_audited_does_not_leave() throws IOException {
    try (ServedModel served = serve(GuardedModel.of(MODEL))) {
      served.audit().close();
      Answer answer = served.ask(ServedModel.question("0,0"));
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).isEqualTo("{\"error\":\"the request could not be audited\"}");
      assertThat(served.get("/metrics", OPERATOR).status()).isEqualTo(500);
    }
  }
}
