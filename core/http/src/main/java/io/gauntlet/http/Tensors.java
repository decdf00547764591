package io.gauntlet.http;

import com.google.gson.JsonPrimitive;
import io.gauntlet.http.HttpModelException.Reason;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Open Inference Protocol's JSON: named tensors, their values row by row.
 *
 * @param uri where the model answers
 * @param input name of the tensor that takes the features
 * @param datatype of that tensor
 * @param inputShape shape of one example
 * @param mostRows 1 where the batch axis is fixed to it
 * @param output name of the tensor that holds the scores; empty if there is only one
 * @param identity what the server calls the model
 */
record Tensors(
    URI uri,
    String input,
    String datatype,
    Shape inputShape,
    int mostRows,
    Optional<String> output,
    String identity)
    implements Protocol {
  private static final String USUAL_INPUT = "input-0";
  private static final Set<String> REAL = Set.of("FP16", "BF16", "FP32", "FP64");

  /** How to speak with a model that its server describes so. */
  static Tensors of(OpenInference endpoint, Answer metadata) {
    Node model = Node.root(metadata);
    Optional<Node> input = chosen("input", endpoint.input(), model.all("inputs"));
    Optional<Node> output = chosen("output", endpoint.output(), model.all("outputs"));
    List<Integer> axes =
        input.map(tensor -> tensor.get("shape").elements()).orElse(List.of()).stream()
            .map(Node::size)
            .toList();
    return new Tensors(
        endpoint.infer(),
        input.map(Tensors::name).or(endpoint::input).orElse(USUAL_INPUT),
        input.map(tensor -> datatype(tensor.get("datatype").text())).orElse("FP32"),
        endpoint.inputShape().orElseGet(() -> exampleShape(axes)),
        mostRows(axes),
        output.map(Tensors::name).or(endpoint::output),
        identity(model));
  }

  /** The tensor of this name, or the only one; empty where the server lists none. */
  private static Optional<Node> chosen(String kind, Optional<String> name, List<Node> tensors) {
    if (tensors.isEmpty() || (name.isEmpty() && tensors.size() == 1)) {
      return tensors.stream().findFirst();
    }
    String names = tensors.stream().map(Tensors::name).collect(Collectors.joining(", "));
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "one %s must be chosen where a model has several, but it has %s".formatted(kind, names));
    }
    return Optional.of(
        tensors.stream()
            .filter(tensor -> name(tensor).equals(name.get()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the %s must be one of the model's, %s, but was %s"
                            .formatted(kind, names, name.get()))));
  }

  private static String name(Node tensor) {
    return tensor.get("name").text();
  }

  private static String datatype(String datatype) {
    if (!datatype.equals("FP32") && !datatype.equals("FP64")) {
      throw new IllegalArgumentException(
          "an input must take FP32 or FP64, since what an attack finds does not survive rounding,"
              + " but takes "
              + datatype);
    }
    return datatype;
  }

  private static Shape exampleShape(List<Integer> axes) {
    List<Integer> own = axes.subList(Math.min(1, axes.size()), axes.size());
    if (own.isEmpty() || own.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "an input shape must be given where the server does not state all sizes, but it says "
              + axes);
    }
    return new Shape(own);
  }

  private static int mostRows(List<Integer> axes) {
    int rows = axes.isEmpty() ? -1 : axes.get(0);
    if (rows != -1 && rows != 1) {
      throw new IllegalArgumentException(
          "the batch axis of an input must be free (-1) or 1, but is " + rows);
    }
    return rows == 1 ? 1 : Integer.MAX_VALUE;
  }

  private static String identity(Node model) {
    Stream<String> versions = model.all("versions").stream().map(Node::text);
    return Stream.concat(
            Stream.of("name", "platform").flatMap(member -> model.text(member).stream()), versions)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  @Override
  public String request(Batch inputs) {
    StringBuilder json = new StringBuilder("{\"inputs\":[{\"name\":").append(quoted(input));
    json.append(",\"shape\":[").append(inputs.rows());
    inputShape.sizes().forEach(size -> json.append(',').append(size));
    json.append("],\"datatype\":").append(quoted(datatype)).append(",\"data\":[");
    boolean wide = datatype.equals("FP64");
    for (int i = 0; i < inputs.rows(); i++) {
      for (int j = 0; j < inputs.width(); j++) {
        json.append(i + j == 0 ? "" : ",");
        float value = inputs.get(i, j);
        json.append(wide ? Double.toString(value) : Float.toString(value));
      }
    }
    json.append("]}]");
    output.ifPresent(
        name -> json.append(",\"outputs\":[{\"name\":").append(quoted(name)).append("}]"));
    return json.append('}').toString();
  }

  private static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }

  @Override
  public float[][] scores(Answer answer) {
    Node scores = output(answer);
    String found = scores.get("datatype").text();
    if (!REAL.contains(found)) {
      throw answer.is(
          Reason.UNREADABLE,
          "%s as %s".formatted(name(scores), found),
          "scores of a floating-point datatype");
    }
    List<Integer> shape = scores.get("shape").elements().stream().map(Node::size).toList();
    float[] values = scores.get("data").numbers();
    if (shape.size() != 2
        || shape.get(0) < 0
        || (long) shape.get(0) * shape.get(1) != values.length) {
      throw answer.is(
          Reason.WRONG_SHAPE,
          "%s values of shape %s".formatted(values.length, shape),
          "scores of shape [rows, classes]");
    }
    float[][] rows = new float[shape.get(0)][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(values, i * shape.get(1), (i + 1) * shape.get(1)));
    return rows;
  }

  private Node output(Answer answer) {
    List<Node> outputs = Node.root(answer).all("outputs");
    List<Node> candidates =
        outputs.stream()
            .filter(tensor -> output.isEmpty() || output.get().equals(name(tensor)))
            .toList();
    if (candidates.size() != 1) {
      throw answer.is(
          Reason.UNREADABLE,
          "outputs " + outputs.stream().map(Tensors::name).toList(),
          output.map(name -> "an output " + name).orElse("one output, or one must be chosen"));
    }
    return candidates.get(0);
  }
}
