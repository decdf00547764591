package io.gauntlet.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the nodes of one kind become lines of TorchScript. */
@FunctionalInterface
interface Operator {
  /** Translates one node; its first outputs in order, the others are not available. */
  List<Optional<Value>> translate(Call call);

  /** One that computes a single value. */
  @FunctionalInterface
  interface Single {
    Value translate(Call call);
  }

  /** Domain of classical machine learning, beside ONNX's own, which is empty. */
  String ML = "ai.onnx.ml";

  static Operator single(Single operator) {
    return call -> List.of(Optional.of(operator.translate(call)));
  }

  /** What is known about a domain's operators, by their names. */
  static Optional<Operator> find(String domain, String name) {
    return Optional.ofNullable(TABLE.getOrDefault(domain, Map.of()).get(name));
  }

  /** All operators, by domain and name. */
  Map<String, Map<String, Operator>> TABLE =
      Map.of(
          "",
          Stream.of(
                  Elementwise.TABLE,
                  Products.TABLE,
                  Windows.TABLE,
                  Reductions.TABLE,
                  Scaling.TABLE,
                  Shaping.TABLE,
                  Picking.TABLE,
                  Sources.TABLE)
              .flatMap(part -> part.entrySet().stream())
              .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)),
          ML,
          Tabular.TABLE,
          Fusion.DOMAIN,
          Fused.TABLE);
}
