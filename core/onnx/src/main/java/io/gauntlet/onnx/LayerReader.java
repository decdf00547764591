package io.gauntlet.onnx;

import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Conv2d.Axis;
import io.gauntlet.model.Layer;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.ReluNetwork.Step;
import io.gauntlet.model.Scale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** From the graph of a file to layers. */
final class LayerReader {
  private final OnnxFile file;
  private final Ends ends;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Map<String, Traced> traced = new HashMap<>();
  private final Set<String> missing = new HashSet<>();
  private final List<String> refusals = new ArrayList<>();

  /** A value of the network: its number there, and the sizes of its axes without the batch. */
  private record Traced(int number, List<Integer> sizes) {
    int size() {
      return sizes.stream().reduce(1, Math::multiplyExact);
    }

    Traced as(List<Integer> newSizes) {
      return new Traced(number, newSizes);
    }
  }

  private LayerReader(OnnxFile file, Ends ends) {
    this.file = file;
    this.ends = ends;
  }

  static ReluNetwork of(OnnxFile file, Ends ends, OnnxOptions options) {
    if (ends.fixedRows() > 1) {
      throw new ModelException(
          "%s must leave the batch open or fix it to 1 for its layers to be read, but fixes it to %s"
              .formatted(file.path(), ends.fixedRows()));
    }
    return new LayerReader(file, ends).read(options);
  }

  private ReluNetwork read(OnnxOptions options) {
    constants.putAll(file.graph().weights());
    Traced input = new Traced(0, ends.inputShape().sizes());
    traced.put(ends.input().name(), normalised(input, options.normalisation()));
    for (Node node : file.graph().needed(ends.output())) {
      try {
        read(node);
      } catch (Refusal e) {
        refuse(node, ": " + e.getMessage());
      } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
        refuse(node, ": its inputs do not fit together: " + e.getMessage());
      }
    }
    if (!refusals.isEmpty()) {
      throw UnsupportedOperatorException.unreadable(file.path(), refusals);
    }
    Traced scores = traced.get(ends.output());
    if (scores == null || scores.number() != steps.size() || scores.sizes().size() != 1) {
      throw new ModelException(
          "%s must end in logits of shape (rows, classes) that its layers compute, but '%s' has %s"
              .formatted(file.path(), ends.output(), scores == null ? "no layer" : scores.sizes()));
    }
    return new ReluNetwork(ends.inputShape(), options.domain(), steps);
  }

  private void refuse(Node node, String why) {
    if (node.inputs().stream().noneMatch(missing::contains)) { // else nothing against this node
      refusals.add(node.label() + why);
    }
    missing.addAll(node.outputs());
  }

  private Traced normalised(Traced input, Normalisation normalisation) {
    if (normalisation.equals(Normalisation.NONE)) {
      return input;
    }
    int channels = normalisation.mean().size();
    float[] weights = new float[input.size()];
    float[] bias = new float[input.size()];
    for (int j = 0; j < weights.length; j++) {
      int channel = j / (input.size() / channels);
      double std = normalisation.std().get(channel);
      weights[j] = (float) (1 / std);
      bias[j] = (float) (-normalisation.mean().get(channel) / std);
    }
    return after(new Scale(Batch.of(weights), Batch.of(bias)), input, input.sizes());
  }

  private Traced after(Layer layer, Traced input, List<Integer> sizes) {
    steps.add(new Step(layer, List.of(input.number())));
    return new Traced(steps.size(), sizes);
  }

  private void read(Node node) {
    if (node.operator().equals("Constant") && node.domain().isEmpty()) {
      constants.put(node.outputs().get(0), constant(node));
      return;
    }
    if (!node.domain().isEmpty()) {
      throw new Refusal("no such layer is known");
    }
    Traced result =
        switch (node.operator()) {
          case "Identity", "Dropout" -> value(node, 0);
          case "Relu" -> after(new Layer.Relu(), value(node, 0), value(node, 0).sizes());
          case "Flatten" -> flat(node);
          case "Reshape" -> reshaped(node);
          case "Conv" -> convolution(node);
          case "Gemm" -> gemm(node);
          case "MatMul" -> product(node);
          case "BatchNormalization" -> batchNormalisation(node);
          case "Add" -> sum(node);
          case "Sub" -> shifted(node, -1);
          case "Mul" -> scaled(node, c -> c);
          case "Div" -> scaled(node, c -> 1 / c);
          default -> throw new Refusal("no such layer is known");
        };
    traced.put(node.outputs().get(0), result);
  }

  private static Tensor constant(Node node) {
    return node.attributes()
        .tensor("value")
        .orElseThrow(() -> new Refusal("a constant must be a tensor here"));
  }

  private Traced value(Node node, int input) {
    Traced value = traced.get(node.inputs().get(input));
    if (value == null) {
      throw new Refusal("input %s must follow from the network's input".formatted(input));
    }
    return value;
  }

  private Optional<Tensor> given(Node node, int input) {
    return input < node.inputs().size()
        ? Optional.ofNullable(constants.get(node.inputs().get(input)))
        : Optional.empty();
  }

  private Tensor weight(Node node, int input) {
    return given(node, input)
        .orElseThrow(() -> new Refusal("input %s must be a constant".formatted(input)));
  }

  private static float[] floats(Tensor tensor) {
    double[] values = tensor.doubles();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private Traced flat(Node node) {
    Call.require(node.attributes().integer("axis", 1) == 1, "axis must be 1");
    Traced value = value(node, 0);
    return value.as(List.of(value.size()));
  }

  private Traced reshaped(Node node) {
    Traced value = value(node, 0);
    long[] asked = weight(node, 1).longs();
    Call.require(
        asked.length >= 2 && asked[0] <= 1, "a shape must keep the batch, but is %s", asked.length);
    List<Integer> sizes = new ArrayList<>();
    int known = 1;
    for (int axis = 1; axis < asked.length; axis++) {
      int size = Math.toIntExact(asked[axis] == 0 ? value.sizes().get(axis - 1) : asked[axis]);
      sizes.add(size);
      known = size < 0 ? known : Math.multiplyExact(known, size);
    }
    int free = sizes.indexOf(-1);
    if (free >= 0) {
      sizes.set(free, value.size() / known);
    }
    Traced result = value.as(List.copyOf(sizes));
    Call.require(
        result.size() == value.size(), "%s does not fit the shape %s", value.sizes(), sizes);
    return result;
  }

  private Traced convolution(Node node) {
    Traced value = value(node, 0);
    Call.require(value.sizes().size() == 3, "images must have 3 axes, but have %s", value.sizes());
    Tensor weights = weight(node, 1);
    int outputs = Math.toIntExact(weights.sizes().get(0));
    List<Axis> axes = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      axes.add(axis(node, value.sizes().get(1 + axis), weights.sizes().get(2 + axis), axis));
    }
    float[] values = floats(weights);
    float[] bias = given(node, 2).map(LayerReader::floats).orElse(new float[outputs]);
    Conv2d layer =
        new Conv2d(
            Batch.wrap(values.length / outputs, values),
            Batch.of(bias),
            value.sizes().get(0),
            axes.get(0),
            axes.get(1),
            Math.toIntExact(node.attributes().integer("group", 1)));
    return after(layer, value, List.of(outputs, axes.get(0).outputs(), axes.get(1).outputs()));
  }

  private static Axis axis(Node node, int size, long kernel, int axis) {
    Attributes attributes = node.attributes();
    String automatic = attributes.text("auto_pad", "NOTSET");
    Call.require(
        automatic.equals("NOTSET") || automatic.equals("VALID"),
        "auto_pad must not be '%s'",
        automatic);
    List<Long> strides = Window.or(attributes.integers("strides"), 2, 1);
    List<Long> dilations = Window.or(attributes.integers("dilations"), 2, 1);
    List<Long> pads =
        Window.or(automatic.equals("VALID") ? List.of() : attributes.integers("pads"), 4, 0);
    return new Axis(
        size,
        Math.toIntExact(kernel),
        Math.toIntExact(strides.get(axis)),
        Math.toIntExact(pads.get(axis)),
        Math.toIntExact(pads.get(2 + axis)),
        Math.toIntExact(dilations.get(axis)));
  }

  private Traced gemm(Node node) {
    Attributes attributes = node.attributes();
    Call.require(attributes.integer("transA", 0) == 0, "transA must be 0");
    Tensor weights = weight(node, 1);
    boolean transposed = attributes.integer("transB", 0) != 0;
    int outputs = Math.toIntExact(weights.sizes().get(transposed ? 0 : 1));
    float[] bias = given(node, 2).map(c -> spread(floats(c), outputs)).orElse(new float[outputs]);
    Call.require(
        node.inputs().size() < 3 || given(node, 2).isPresent(), "input 2 must be a constant");
    float alpha = attributes.real("alpha", 1);
    float beta = attributes.real("beta", 1);
    return dense(value(node, 0), weights, transposed, alpha, Batch.of(bias).times(beta), outputs);
  }

  private static float[] spread(float[] values, int count) {
    if (values.length == 1) {
      float[] all = new float[count];
      Arrays.fill(all, values[0]);
      return all;
    }
    return values;
  }

  private Traced product(Node node) {
    Tensor weights = weight(node, 1);
    Call.require(weights.sizes().size() == 2, "weights must have 2 axes");
    int outputs = Math.toIntExact(weights.sizes().get(1));
    return dense(value(node, 0), weights, false, 1, Batch.of(new float[outputs]), outputs);
  }

  private Traced dense(
      Traced value, Tensor weights, boolean transposed, float factor, Batch bias, int outputs) {
    Call.require(value.sizes().size() == 1, "inputs must be flat, but have %s", value.sizes());
    float[] file = floats(weights);
    int inputs = file.length / outputs;
    float[] rows = new float[file.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        rows[o * inputs + i] = factor * file[transposed ? o * inputs + i : i * outputs + o];
      }
    }
    return after(new Mlp.Dense(Batch.wrap(inputs, rows), bias), value, List.of(outputs));
  }

  private Traced batchNormalisation(Node node) {
    Traced value = value(node, 0);
    Call.require(node.attributes().integer("training_mode", 0) == 0, "training_mode must be 0");
    double[] scale = weight(node, 1).doubles();
    double[] shift = weight(node, 2).doubles();
    double[] mean = weight(node, 3).doubles();
    double[] variance = weight(node, 4).doubles();
    float[] weights = new float[value.size()];
    float[] bias = new float[value.size()];
    int run = value.size() / value.sizes().get(0);
    for (int j = 0; j < weights.length; j++) {
      int c = j / run;
      double factor = scale[c] / Math.sqrt(variance[c] + node.attributes().real("epsilon", 1e-5f));
      weights[j] = (float) factor;
      bias[j] = (float) (shift[c] - mean[c] * factor);
    }
    return after(new Scale(Batch.of(weights), Batch.of(bias)), value, value.sizes());
  }

  private Traced sum(Node node) {
    if (given(node, 0).isPresent() || given(node, 1).isPresent()) {
      return shifted(node, 1);
    }
    Traced one = value(node, 0);
    Traced other = value(node, 1);
    Call.require(
        one.sizes().equals(other.sizes()),
        "values must have one shape, but have %s and %s",
        one.sizes(),
        other.sizes());
    steps.add(new Step(new Layer.Add(), List.of(one.number(), other.number())));
    return new Traced(steps.size(), one.sizes());
  }

  private Traced shifted(Node node, int sign) {
    boolean constantFirst = given(node, 0).isPresent();
    Traced value = value(node, constantFirst ? 1 : 0);
    float[] bias = broadcast(weight(node, constantFirst ? 0 : 1), value);
    float[] weights = new float[bias.length];
    Arrays.fill(weights, constantFirst ? sign : 1);
    float ofBias = constantFirst ? 1 : sign;
    return after(new Scale(Batch.of(weights), Batch.of(bias).times(ofBias)), value, value.sizes());
  }

  private Traced scaled(Node node, DoubleUnaryOperator factor) {
    boolean constantFirst = given(node, 0).isPresent() && node.operator().equals("Mul");
    Traced value = value(node, constantFirst ? 1 : 0);
    float[] weights = broadcast(weight(node, constantFirst ? 0 : 1), value);
    for (int j = 0; j < weights.length; j++) {
      weights[j] = (float) factor.applyAsDouble(weights[j]);
    }
    return after(
        new Scale(Batch.of(weights), Batch.of(new float[weights.length])), value, value.sizes());
  }

  /** A constant repeated along the axes that it lacks. */
  private static float[] broadcast(Tensor constant, Traced value) {
    int rank = value.sizes().size();
    int lacking = rank - constant.sizes().size();
    Call.require(
        lacking >= 0 || (lacking == -1 && constant.sizes().get(0) == 1),
        "a constant of %s does not fit %s",
        constant.sizes(),
        value.sizes());
    float[] given = floats(constant);
    float[] all = new float[value.size()];
    for (int j = 0; j < all.length; j++) {
      int at = 0;
      int rest = j;
      int stride = 1;
      for (int axis = rank - 1; axis >= Math.max(0, lacking); axis--) {
        int size = value.sizes().get(axis);
        int sizeGiven = Math.toIntExact(constant.sizes().get(axis - lacking));
        Call.require(
            sizeGiven == 1 || sizeGiven == size,
            "a constant of %s does not fit %s",
            constant.sizes(),
            value.sizes());
        at += sizeGiven == 1 ? 0 : rest % size * stride;
        stride *= sizeGiven;
        rest /= size;
      }
      all[j] = given[at];
    }
    return all;
  }
}
