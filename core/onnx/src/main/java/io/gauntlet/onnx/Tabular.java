package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operators of classical machine learning that can be differentiated, as skl2onnx writes them. */
final class Tabular {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("LinearClassifier", Tabular::classifier),
          entry("LinearRegressor", Operator.single(Tabular::regressor)),
          entry("Scaler", Operator.single(Tabular::scaler)),
          entry("Normalizer", Operator.single(Tabular::normalizer)),
          entry("Imputer", Operator.single(Tabular::imputer)),
          entry("ArrayFeatureExtractor", Operator.single(Tabular::extractor)),
          entry("FeatureVectorizer", Operator.single(Tabular::vectorizer)));

  private Tabular() {}

  /** The scores only: a label has no gradient. */
  private static List<Optional<Value>> classifier(Call call) {
    int labels =
        Math.max(
            call.attributes().texts("classlabels_strings").size(),
            call.attributes().integers("classlabels_ints").size());
    Value linear = linear(call);
    Value scores = linear;
    Size columns = linear.shape().get(1);
    String transform = call.attributes().text("post_transform", "NONE");
    boolean second = columns.is(1) && labels == 2;
    List<Size> shape = List.of(call.shape(0).get(0), second ? Size.of(2) : columns);
    if (second) {
      String one = transform.equals("LOGISTIC") ? "torch.sigmoid(%s)" : "%s";
      Call.require(
          transform.equals("LOGISTIC") || transform.equals("NONE"),
          "post_transform of two classes must be LOGISTIC or NONE, but is %s",
          transform);
      Value positive = call.let(linear.shape(), one, call.name(linear));
      String name = call.name(positive);
      scores = call.let(shape, "torch.cat([torch.rsub(%1$s, 1), %1$s], 1)", name);
    } else if (!transform.equals("NONE")) {
      scores = call.let(shape, transformed(transform), call.name(linear));
    }
    return List.of(Optional.empty(), Optional.of(scores));
  }

  private static String transformed(String transform) {
    return switch (transform) {
      case "SOFTMAX" -> "torch.softmax(%s, 1)";
      case "LOGISTIC" -> "torch.sigmoid(%s)";
      default -> throw new Refusal("post_transform must not be %s".formatted(transform));
    };
  }

  private static Value regressor(Call call) {
    Call.require(
        call.attributes().text("post_transform", "NONE").equals("NONE"),
        "post_transform must be NONE");
    return linear(call);
  }

  private static Value linear(Call call) {
    Call.require(
        call.rank(0) == 2 && call.type(0) == ElementType.FLOAT, "input 0 must be rows of floats");
    List<Float> coefficients = call.attributes().reals("coefficients");
    int features = Math.toIntExact(call.shape(0).get(1).exact());
    Call.require(
        !coefficients.isEmpty() && coefficients.size() % features == 0,
        "%s coefficients must be a multiple of the %s features",
        coefficients.size(),
        features);
    int targets = coefficients.size() / features;
    List<Float> intercepts = call.attributes().reals("intercepts");
    Call.require(
        intercepts.isEmpty() || intercepts.size() == targets,
        "intercepts must be %s, but are %s",
        targets,
        intercepts.size());
    return call.let(
        List.of(call.shape(0).get(0), Size.of(targets)),
        "torch.linear(%s, %s, %s)",
        call.arg(0),
        weight(call, coefficients, List.of((long) targets, (long) features)),
        intercepts.isEmpty() ? "None" : weight(call, intercepts, List.of((long) targets)));
  }

  private static String weight(Call call, List<Float> numbers, List<Long> sizes) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return call.name(new Value.Weight(Tensor.ofFloats(sizes, values)));
  }

  private static String row(Call call, String attribute) {
    List<Float> numbers = call.attributes().reals(attribute);
    long features = call.shape(0).get(call.rank(0) - 1).exact();
    Call.require(
        numbers.size() == 1 || numbers.size() == features,
        "%s must have 1 number or one for each of the %s features, but has %s",
        attribute,
        features,
        numbers.size());
    return weight(call, numbers, List.of((long) numbers.size()));
  }

  private static Value scaler(Call call) {
    return call.let(
        ElementType.FLOAT,
        call.shape(0),
        "torch.mul(torch.sub(%s, %s), %s)",
        call.arg(0),
        row(call, "offset"),
        row(call, "scale"));
  }

  /** A row of zeros stays one. */
  private static Value normalizer(Call call) {
    String norm = call.attributes().text("norm", "MAX");
    String measure =
        switch (norm) {
          case "L1" -> "torch.linalg_vector_norm(%s, 1, [1], True)";
          case "L2" -> "torch.linalg_vector_norm(%s, 2, [1], True)";
          case "MAX" -> "torch.amax(%s, [1], True)";
          default -> throw new Refusal("norm must be MAX, L1 or L2, but is %s".formatted(norm));
        };
    List<Size> shape = call.shape(0);
    Call.require(shape.size() == 2, "input 0 must be rows");
    Value size = call.let(List.of(shape.get(0), Size.ONE), measure, call.arg(0));
    return call.let(
        ElementType.FLOAT,
        shape,
        "torch.div(%1$s, torch.where(torch.eq(%2$s, 0), torch.ones_like(%2$s), %2$s))",
        call.arg(0),
        call.name(size));
  }

  private static Value imputer(Call call) {
    float replaced = call.attributes().real("replaced_value_float", Float.NaN);
    String missing =
        Float.isNaN(replaced) ? "torch.isnan(%s)" : "torch.eq(%s, " + Script.real(replaced) + ")";
    return call.let(
        call.shape(0),
        "torch.where(%s, %s, %s)",
        missing.formatted(call.arg(0)),
        row(call, "imputed_value_floats"),
        call.arg(0));
  }

  private static Value extractor(Call call) {
    int last = call.rank(0) - 1;
    List<Size> shape = new ArrayList<>(call.shape(0));
    shape.set(last, Size.of(call.exact(1).size()));
    return call.let(
        shape,
        "torch.index_select(%s, %s, torch.reshape(%s, [-1]))",
        call.arg(0),
        last,
        call.arg(1));
  }

  private static Value vectorizer(Call call) {
    Size columns = Size.of(0);
    for (int i = 0; i < call.inputs(); i++) {
      Call.require(call.rank(i) == 2, "inputs must be rows");
      columns = columns.plus(call.shape(i).get(1));
    }
    return call.let(
        List.of(call.shape(0).get(0), columns), "torch.cat(%s, 1)", Script.list(call.args()));
  }
}
