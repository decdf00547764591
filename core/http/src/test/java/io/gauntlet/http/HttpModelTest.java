package io.gauntlet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpModelTest {
  private static final HttpOptions OPTIONS = HttpOptions.standard();
  private static final Batch INPUTS =
      Batch.of(
              new float[] {0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f},
              new float[] {1, 1e-7f, 0.9f, 8 / 255f, 0.7f, 1},
              new float[] {0.5f, 0.25f, 1 / 3f, 0, Float.MIN_VALUE, 0.0009f})
          .standingFor(7, 9, 30);

  private final InferenceServer server = InferenceServer.of(Nets.NET);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void takes_shape_and_classes_from_the_server_and_gives_its_scores_to_the_last_bit() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    assertThat(model.inputShape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(model.classes()).isEqualTo(3);
    assertThat(model.domain()).isEqualTo(Domain.UNIT);
    Batch logits = model.logits(INPUTS);
    assertThat(logits.buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThat(logits.example(2)).isEqualTo(30);
  }

  @Test
  void speaks_to_a_model_that_takes_doubles() {
    server.describing(server.description("FP64", -1));
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    assertThat(model.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
  }

  @Test
  void cuts_a_batch_into_requests_of_the_size_that_the_server_or_the_user_allows() {
    HttpModel pairs = HttpModel.of(server.endpoint(), OPTIONS.withBatch(2));
    int before = server.requests().size();
    assertThat(pairs.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThat(server.requests()).hasSize(before + 2);
    assertThat(pairs.concurrency().preferredBatch()).isEqualTo(2);

    server.describing(server.description("FP32", 1));
    HttpModel single = HttpModel.of(server.endpoint(), OPTIONS);
    assertThat(single.concurrency().preferredBatch()).isEqualTo(1);
    before = server.requests().size();
    assertThat(single.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThat(server.requests()).hasSize(before + 3);
  }

  @Test
  void works_where_the_server_describes_nothing_if_it_is_told_the_rest() {
    server.describing("{\"name\":\"net\"}");
    OpenInference told =
        server
            .endpoint()
            .withInput("pixels")
            .withInputShape(Shape.of(1, 2, 3))
            .withOutput("logits");
    HttpModel model = HttpModel.of(told, OPTIONS);
    assertThat(model.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpModel.of(server.endpoint(), OPTIONS))
        .withMessage(
            "an input shape must be given where the server does not state all sizes, but it says"
                + " []");
  }

  @Test
  void chooses_among_several_tensors_only_when_told() {
    server.describing(
        server
            .description("FP32", -1)
            .replace("\"outputs\":[", "\"outputs\":[{\"name\":\"label\"},"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpModel.of(server.endpoint(), OPTIONS))
        .withMessage(
            "one output must be chosen where a model has several, but it has label, logits");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpModel.of(server.endpoint().withOutput("scores"), OPTIONS))
        .withMessage("the output must be one of the model's, label, logits, but was scores");
    HttpModel model = HttpModel.of(server.endpoint().withOutput("logits"), OPTIONS);
    assertThat(model.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
  }

  @Test
  void refuses_models_that_it_would_have_to_round_or_pad_for() {
    server.describing(server.description("UINT8", -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpModel.of(server.endpoint(), OPTIONS))
        .withMessageStartingWith("an input must take FP32 or FP64")
        .withMessageEndingWith("but takes UINT8");
    server.describing(server.description("FP32", 8));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpModel.of(server.endpoint(), OPTIONS))
        .withMessage("the batch axis of an input must be free (-1) or 1, but is 8");
  }

  @Test
  void reads_nested_data_as_well_as_flat() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    float[][] scores = {{1, 2, 3}, {4, 5, 6.5f}, {7, 8, 9}};
    JsonObject answer =
        JsonParser.parseString(
                "{\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP64\",\"shape\":[3,3]}]}")
            .getAsJsonObject();
    answer
        .getAsJsonArray("outputs")
        .get(0)
        .getAsJsonObject()
        .add("data", new Gson().toJsonTree(scores));
    server.strikeNext(Fault.body(answer.toString()));
    assertThat(model.logits(INPUTS).row(1)).containsExactly(4, 5, 6.5f);
  }

  @Test
  void speaks_any_json_by_two_functions() {
    Function<Batch, String> request =
        batch -> {
          float[][] rows = new float[batch.rows()][];
          for (int i = 0; i < rows.length; i++) {
            rows[i] = batch.row(i);
          }
          return "{\"inputs\":[{\"name\":\"pixels\",\"shape\":[%s,1,2,3],\"data\":%s}]}"
              .formatted(
                  rows.length,
                  new Gson().toJson(rows).replaceAll("[\\[\\]]", "").transform(s -> "[" + s + "]"));
        };
    Function<String, float[][]> scores =
        body -> {
          float[] flat =
              new Gson()
                  .fromJson(
                      JsonParser.parseString(body)
                          .getAsJsonObject()
                          .getAsJsonArray("outputs")
                          .get(0)
                          .getAsJsonObject()
                          .get("data"),
                      float[].class);
          float[][] rows = new float[flat.length / 3][3];
          for (int i = 0; i < flat.length; i++) {
            rows[i / 3][i % 3] = flat[i];
          }
          return rows;
        };
    URI uri = URI.create(server.address() + "/v2/models/net/infer?key=hunter2");
    HttpModel model = HttpModel.json(uri, Shape.of(6), request, scores, OPTIONS);
    assertThat(model.classes()).isEqualTo(3);
    assertThat(model.logits(INPUTS).buffer()).isEqualTo(Nets.NET.logits(INPUTS).buffer());
    assertThat(model.fingerprint())
        .isEqualTo("HttpModel " + server.address() + "/v2/models/net/infer");
  }

  @Test
  void its_fingerprint_holds_all_that_is_known_of_the_weights() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS.withVersion("sha256:42"));
    assertThat(model.fingerprint())
        .isEqualTo(
            "HttpModel %s/v2/models/net/infer net java 1 sha256:42".formatted(server.address()));
  }

  @Test
  void finds_a_certain_version_and_names_with_odd_characters() {
    OpenInference endpoint =
        OpenInference.at(URI.create("http://127.0.0.1:1/seldon/"), "my net/1").withVersion("2");
    assertThat(endpoint.infer())
        .isEqualTo(URI.create("http://127.0.0.1:1/seldon/v2/models/my%20net%2F1/versions/2/infer"));
  }

  @Test
  void finds_a_model_by_its_whole_address() {
    URI server = URI.create("https://host:8443/seldon");
    OpenInference plain = OpenInference.at(server, "my+net 1");
    assertThat(OpenInference.of(plain.metadata())).isEqualTo(plain);
    assertThat(OpenInference.of(plain.infer())).isEqualTo(plain);
    OpenInference versioned = plain.withVersion("2");
    assertThat(OpenInference.of(versioned.metadata())).isEqualTo(versioned);
    assertThat(OpenInference.of(versioned.infer())).isEqualTo(versioned);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenInference.of(URI.create("http://host/v1/models/net?key=hunter2")))
        .withMessage(
            "the address of a model must end with /v2/models/NAME, and perhaps /versions/VERSION,"
                + " but was http://host/v1/models/net");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenInference.of(URI.create("http://me:hunter2@host/v2/models/net")))
        .withMessage("credentials belong in header fields, but the address of host holds some");
  }

  @Test
  void refuses_a_domain_of_another_width() {
    Domain two = Domain.perFeature(List.of(Range.UNIT, Range.UNIT));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpModel.of(server.endpoint(), OPTIONS.withDomain(two)))
        .withMessage("inputs must have 2 features like the domain, but have 6");
  }

  @Test
  void answers_nothing_to_nothing_without_asking() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    long before = server.examples();
    assertThat(model.logits(INPUTS.select()).width()).isEqualTo(3);
    assertThat(server.examples()).isEqualTo(before);
  }

  @Test
  void refuses_inputs_that_the_model_does_not_take_before_they_are_sent() {
    HttpModel model = HttpModel.of(server.endpoint(), OPTIONS);
    long before = server.examples();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.logits(Batch.of(new float[5])))
        .withMessage("inputs must have 6 values in a row, but had 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.logits(Batch.of(new float[] {0, 0, Float.NaN, 0, 0, 0})))
        .withMessage("inputs must be finite, but feature 2 of example 0 was NaN");
    assertThat(server.examples()).isEqualTo(before);
    assertThat(model.queries()).isEqualTo(before);
  }

  @Test
  void refuses_addresses_that_are_none_or_hold_credentials() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenInference.at(URI.create("ftp://host/x"), "net"))
        .withMessage("an address must begin with http:// or https://, but was ftp://host/x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenInference.at(URI.create("https://me:hunter2@host"), "net"))
        .withMessage("credentials belong in header fields, but the address of host holds some");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenInference.at(URI.create("https://host/?key=hunter2"), "net"))
        .withMessage(
            "the address of a server must end with its path, but that of https://host/ goes on");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenInference.at(URI.create("https://host"), ""))
        .withMessage("a model must have a name, but had none");
  }
}
