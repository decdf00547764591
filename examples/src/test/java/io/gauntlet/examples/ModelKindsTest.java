package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gauntlet.data.Examples;
import io.gauntlet.data.NpzFiles;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.nd4j.Nd4jOptions;
import io.gauntlet.nd4j.NetworkModel;
import io.gauntlet.nd4j.SameDiffModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The command line takes every kind of model that Gauntlet knows, by ending or address. */
class ModelKindsTest {
  private static final int TRAINING = 1297;
  private static final Shape FLAT = Shape.of(64);

  @TempDir Path folder;
  private Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write_data() {
    Examples digits = Digits.all();
    data = folder.resolve("digits.npz");
    NpzFiles.write(data, digits.slice(TRAINING, digits.count()));
  }

  private int run(Object model, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--model", model.toString(), "--data"));
    all.add(data.toString());
    all.addAll(List.of(arguments));
    return EvaluateModel.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private JsonObject report(Object model, String... arguments) throws IOException {
    Path json = folder.resolve("report.json");
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", json.toString()));
    assertThat(run(model, all.toArray(String[]::new))).as(err.toString()).isZero();
    return JsonParser.parseString(Files.readString(json)).getAsJsonObject();
  }

  private Path copied(String resource) throws IOException {
    Path file = folder.resolve(resource);
    try (InputStream in = getClass().getResourceAsStream(resource)) {
      Files.copy(in, file);
    }
    return file;
  }

  @Test
  void an_onnx_file_gives_the_counts_of_pytorch() throws IOException {
    Path model = copied("digits_net.onnx");
    JsonObject expected =
        JsonParser.parseString(Files.readString(copied("digits_net.json"))).getAsJsonObject();
    JsonObject report =
        report(
            model,
            "--mean",
            "0.3",
            "--std",
            "0.4",
            "--epsilon",
            "0.1",
            "--attack",
            "fgsm,square",
            "--steps",
            "20");
    assertThat(report.get("cleanAccuracy").getAsDouble())
        .isEqualTo(expected.get("right").getAsInt() / 500.0);
    JsonObject fgsm = report.getAsJsonArray("attacks").get(0).getAsJsonObject();
    int right = expected.get("right").getAsInt();
    // the sign of a gradient within rounding of zero may differ: one example of grace
    assertThat(right * (1 - fgsm.get("attackSuccessRate").getAsDouble()))
        .isCloseTo(expected.get("afterFgsm").getAsInt(), within(1.001));
  }

  @Test
  void an_onnx_file_without_gradients_is_refused_with_the_way_out_and_taken_by_it()
      throws IOException {
    Path model = copied("digits_forest.onnx");
    assertThat(run(model, "--limit", "20")).isEqualTo(1);
    assertThat(err.toString())
        .contains("OnnxRuntimeModel opens the file for its scores")
        .hasLineCount(1);
    JsonObject report =
        report(model, "--gradients", "onnxruntime", "--limit", "40", "--epsilon", "0.3");
    JsonObject attack = report.getAsJsonArray("attacks").get(0).getAsJsonObject();
    assertThat(attack.get("title").getAsString()).isEqualTo("Square");
    assertThat(attack.get("gradientQueries").getAsLong()).isZero();
    assertThat(report.get("robustAccuracy").getAsDouble())
        .isLessThan(report.get("cleanAccuracy").getAsDouble());
  }

  @Test
  void an_attack_with_gradients_on_a_model_without_is_said_with_the_attacks_that_fit()
      throws IOException {
    assertThat(run(copied("digits_forest.onnx"), "--gradients=onnxruntime", "--attack=pgd"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("attack pgd needs gradients, but this model only answers: use noise or square");
  }

  @Test
  void a_dl4j_zip_is_attacked_with_gradients() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder().nOut(32).activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(64))
                .build());
    network.init();
    Path file = folder.resolve("digits.zip");
    NetworkModel model = NetworkModel.of(network, Nd4jOptions.of(FLAT));
    train(model);
    model.save(file);
    assertAttackedWithGradients(report(file, "--shape", "64", "--epsilon", "0.1"));
  }

  @Test
  void a_samediff_file_is_attacked_with_gradients() throws IOException {
    SameDiff graph = SameDiff.create();
    SDVariable pixels = graph.placeHolder("pixels", DataType.FLOAT, -1, 64);
    SDVariable weights = graph.var("weights", Nd4j.zeros(DataType.FLOAT, 64, 10));
    pixels.mmul("logits", weights);
    Path file = folder.resolve("digits.fb");
    SameDiffModel model = SameDiffModel.of(graph, "pixels", "logits", Nd4jOptions.of(FLAT));
    train(model);
    model.save(file);
    assertAttackedWithGradients(report(file, "--shape", "64", "--epsilon", "0.1"));
    JsonObject named =
        report(file, "--shape", "64", "--limit", "20", "--input", "pixels", "--output", "logits");
    assertThat(named.get("examples").getAsInt()).isEqualTo(20);
  }

  private static void train(TrainableModel model) {
    Examples digits = Digits.all().slice(0, TRAINING).as(FLAT);
    for (int step = 0; step < 300; step++) {
      int from = 64 * step % (TRAINING - 64);
      Examples some = digits.slice(from, from + 64);
      model.train(some.inputs(), new CrossEntropy(some.labels()));
    }
  }

  private static void assertAttackedWithGradients(JsonObject report) {
    assertThat(report.get("cleanAccuracy").getAsDouble()).isGreaterThan(0.8);
    assertThat(report.get("robustAccuracy").getAsDouble())
        .isLessThan(report.get("cleanAccuracy").getAsDouble() - 0.2);
    JsonObject fgsm = report.getAsJsonArray("attacks").get(0).getAsJsonObject();
    assertThat(fgsm.get("gradientQueries").getAsLong()).isPositive();
  }

  @Test
  void a_server_is_attacked_by_its_answers() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/models/sum", ModelKindsTest::answer);
    server.start();
    try {
      String address = "http://127.0.0.1:%s/v2/models/sum".formatted(server.getAddress().getPort());
      JsonObject report =
          report(address, "--limit", "10", "--attack", "noise,square", "--steps", "30");
      assertThat(report.getAsJsonArray("attacks")).hasSize(2);
      assertThat(report.getAsJsonObject("provenance").get("model").getAsString()).contains(address);
    } finally {
      server.stop(0);
    }
  }

  /** Ten scores from the mean of the features: a server as small as the protocol allows. */
  private static void answer(HttpExchange exchange) throws IOException {
    String body =
        """
        {"name":"sum","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1,8,8]}],
         "outputs":[{"name":"scores","datatype":"FP32","shape":[-1,10]}]}""";
    if (exchange.getRequestMethod().equals("POST")) {
      JsonObject asked =
          JsonParser.parseReader(
                  new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8))
              .getAsJsonObject()
              .getAsJsonArray("inputs")
              .get(0)
              .getAsJsonObject();
      int rows = asked.getAsJsonArray("shape").get(0).getAsInt();
      List<Float> values = new ArrayList<>();
      flatten(asked.getAsJsonArray("data"), values);
      JsonArray scores = new JsonArray();
      for (int row = 0; row < rows; row++) {
        double mean =
            values.subList(64 * row, 64 * row + 64).stream()
                .mapToDouble(Float::doubleValue)
                .average()
                .orElseThrow();
        for (int k = 0; k < 10; k++) {
          scores.add(-Math.abs(10 * mean - k));
        }
      }
      body =
          """
          {"outputs":[{"name":"scores","datatype":"FP32","shape":[%s,10],"data":%s}]}"""
              .formatted(Integer.toString(rows), scores);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void flatten(JsonElement data, List<Float> values) {
    if (data.isJsonArray()) {
      data.getAsJsonArray().forEach(inner -> flatten(inner, values));
    } else {
      values.add(data.getAsFloat());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "net.h5||a model must be a file that ends in .pt (TorchScript), .onnx, .zip (DL4J), .fb or"
            + " .sd (SameDiff), or an http(s) address, but was net.h5",
        "net.pt|--gradients=torch|--gradients is for .onnx files, but the model was net.pt",
        "net.pt|--output=y|--output is for .onnx and SameDiff files and servers, but the model was"
            + " net.pt",
        "net.onnx|--input=x|--input is for SameDiff files and servers, but the model was net.onnx",
        "net.fb|--output=y|--input and --output go together for a SameDiff file, but the model was"
            + " net.fb",
        "net.onnx|--device=gpu|--device=gpu is for TorchScript files, but the model was net.onnx",
        "net.zip|--mean=0.5 --std=0.5|--mean and --std are for TorchScript and .onnx files, but the"
            + " model was net.zip",
        "http://127.0.0.1:1/v2/models/m|--header=Authorization=GAUNTLET_NO_SUCH_VARIABLE|--header"
            + " takes its value from an environment variable, but there is no"
            + " GAUNTLET_NO_SUCH_VARIABLE",
      })
  void what_does_not_fit_the_model_is_said_in_one_line(
      String model, String options, String message) {
    String[] split = options == null ? new String[0] : options.split(" ");
    assertThat(run(model, split)).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo(message);
  }
}
