package io.gauntlet.examples.serving;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import java.util.List;

/** What the Open Inference Protocol has a server say. */
final class Documents {
  private static final String FP32 = "FP32";

  private final Model model;
  private final String name;
  private final String version;

  Documents(Model model, String name, String version) {
    this.model = model;
    this.name = name;
    this.version = version;
  }

  String server() {
    JsonObject server = new JsonObject();
    server.addProperty("name", "gauntlet");
    server.addProperty("version", version);
    server.add("extensions", new JsonArray());
    return server.toString();
  }

  static String health(String member) {
    JsonObject health = new JsonObject();
    health.addProperty(member, true);
    return health.toString();
  }

  String model() {
    JsonObject described = new JsonObject();
    described.addProperty("name", name);
    described.add("versions", array(List.of()));
    described.getAsJsonArray("versions").add(version);
    described.addProperty("platform", "gauntlet");
    JsonArray inputs = new JsonArray();
    inputs.add(tensor(InferenceRequest.INPUT, -1, model.inputShape().sizes()));
    described.add("inputs", inputs);
    JsonArray outputs = new JsonArray();
    for (Output output : Output.values()) {
      outputs.add(tensor(output.word(), -1, List.of(model.classes())));
    }
    described.add("outputs", outputs);
    return described.toString();
  }

  String modelReady() {
    JsonObject ready = new JsonObject();
    ready.addProperty("name", name);
    ready.addProperty("ready", true);
    return ready.toString();
  }

  String answer(InferenceRequest request, Reply.Answered answered) {
    JsonObject answer = new JsonObject();
    answer.addProperty("model_name", name);
    answer.addProperty("model_version", version);
    request.id().ifPresent(id -> answer.addProperty("id", id));
    JsonArray outputs = new JsonArray();
    for (Output output : Output.values()) {
      if (request.outputs().contains(output)) {
        outputs.add(
            filled(
                output,
                switch (output) {
                  case PROBABILITIES -> answered.probabilities();
                  case LOGITS -> answered.logits();
                }));
      }
    }
    answer.add("outputs", outputs);
    return answer.toString();
  }

  private static JsonObject filled(Output output, Batch scores) {
    JsonObject tensor = tensor(output.word(), scores.rows(), List.of(scores.width()));
    JsonArray data = new JsonArray(scores.rows() * scores.width());
    for (int i = 0; i < scores.rows(); i++) {
      for (int k = 0; k < scores.width(); k++) {
        data.add(scores.get(i, k));
      }
    }
    tensor.add("data", data);
    return tensor;
  }

  private static JsonObject tensor(String name, int rows, List<Integer> sizes) {
    JsonObject tensor = new JsonObject();
    tensor.addProperty("name", name);
    tensor.addProperty("datatype", FP32);
    JsonArray shape = array(sizes);
    JsonArray axes = new JsonArray();
    axes.add(rows);
    axes.addAll(shape);
    tensor.add("shape", axes);
    return tensor;
  }

  private static JsonArray array(List<Integer> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }
}
