package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Operators that treat every element alike, and arithmetic on shapes. */
final class Elementwise {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          unary("Relu", "torch.relu(%s)"),
          unary("Sigmoid", "torch.sigmoid(%s)"),
          unary("Tanh", "torch.tanh(%s)"),
          unary("Softplus", "torch.softplus(%s, 1, 40)"),
          unary("Softsign", "torch.div(%1$s, torch.add(torch.abs(%1$s), 1))"),
          unary("HardSwish", "torch.hardswish(%s)"),
          unary("Mish", "torch.mish(%s)"),
          unary("Erf", "torch.erf(%s)"),
          unary("Exp", "torch.exp(%s)"),
          unary("Log", "torch.log(%s)"),
          unary("Sqrt", "torch.sqrt(%s)"),
          unary("Reciprocal", "torch.reciprocal(%s)"),
          unary("Abs", "torch.abs(%s)"),
          unary("Neg", "torch.neg(%s)"),
          unary("Sign", "torch.sign(%s)"),
          unary("Floor", "torch.floor(%s)"),
          unary("Ceil", "torch.ceil(%s)"),
          unary("Round", "torch.round(%s)"),
          unary("Sin", "torch.sin(%s)"),
          unary("Cos", "torch.cos(%s)"),
          unary("Not", "torch.logical_not(%s)"),
          single("LeakyRelu", call -> scaled(call, "torch.leaky_relu(%s, %s)", 0.01f)),
          single("Elu", call -> scaled(call, "torch.elu(%s, %s)", 1)),
          single("Celu", call -> scaled(call, "torch.celu(%s, %s)", 1)),
          single("ThresholdedRelu", Elementwise::thresholdedRelu),
          single("Selu", Elementwise::selu),
          single("HardSigmoid", Elementwise::hardSigmoid),
          single("PRelu", Elementwise::prelu),
          single("Gelu", Elementwise::gelu),
          single("Clip", Elementwise::clip),
          single("Cast", Elementwise::cast),
          single("Identity", call -> call.value(0)),
          single("Dropout", Elementwise::dropout),
          arithmetic("Add", "torch.add(%s, %s)", Size::plus),
          arithmetic("Sub", "torch.sub(%s, %s)", Size::minus),
          arithmetic("Mul", "torch.mul(%s, %s)", Size::times),
          single("Div", Elementwise::divide),
          single("Mod", Elementwise::modulo),
          single("Pow", Elementwise::power),
          many("Max", "torch.maximum(%s, %s)"),
          many("Min", "torch.minimum(%s, %s)"),
          many("Sum", "torch.add(%s, %s)"),
          single("Mean", Elementwise::mean),
          single("Equal", Elementwise::equal),
          comparison("Greater", "torch.gt(%s, %s)"),
          comparison("GreaterOrEqual", "torch.ge(%s, %s)"),
          comparison("Less", "torch.lt(%s, %s)"),
          comparison("LessOrEqual", "torch.le(%s, %s)"),
          comparison("And", "torch.logical_and(%s, %s)"),
          comparison("Or", "torch.logical_or(%s, %s)"),
          single("Where", Elementwise::where));

  private Elementwise() {}

  private static Map.Entry<String, Operator> single(String name, Operator.Single operator) {
    return entry(name, Operator.single(operator));
  }

  private static Map.Entry<String, Operator> unary(String name, String code) {
    return single(name, call -> call.let(call.shape(0), code, call.arg(0)));
  }

  private static Map.Entry<String, Operator> comparison(String name, String code) {
    return single(name, call -> binary(call, ElementType.BOOL, code));
  }

  private static Map.Entry<String, Operator> arithmetic(
      String name, String code, BinaryOperator<Size> onNumbers) {
    return single(
        name,
        call ->
            folded(call, call.type(0), onNumbers)
                .orElseGet(() -> binary(call, call.type(0), code)));
  }

  private static Map.Entry<String, Operator> many(String name, String code) {
    return single(name, call -> chain(call, code));
  }

  private static Value binary(Call call, ElementType type, String code) {
    return call.let(
        type, Broadcast.of(call.shape(0), call.shape(1)), code, call.arg(0), call.arg(1));
  }

  private static Value chain(Call call, String code) {
    Value result = call.value(0);
    for (int i = 1; i < call.inputs(); i++) {
      result =
          call.let(
              Broadcast.of(result.shape(), call.shape(i)), code, call.name(result), call.arg(i));
    }
    return result;
  }

  /** The result on numbers that are known at import. */
  private static Optional<Value> folded(
      Call call, ElementType type, BinaryOperator<Size> operator) {
    if (!call.type(0).isInteger()) {
      return Optional.empty();
    }
    return call.value(0)
        .numbers()
        .flatMap(
            left -> call.value(1).numbers().map(right -> fold(call, type, operator, left, right)));
  }

  private static Value fold(
      Call call,
      ElementType type,
      BinaryOperator<Size> operator,
      List<Size> left,
      List<Size> right) {
    Call.require(
        left.size() == right.size() || left.size() == 1 || right.size() == 1,
        "known numbers must be as many as the others, or 1, but are %s and %s",
        left.size(),
        right.size());
    List<Size> elements = new ArrayList<>();
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      elements.add(operator.apply(left.get(i % left.size()), right.get(i % right.size())));
    }
    return new Value.Numbers(type, Broadcast.of(call.shape(0), call.shape(1)), elements);
  }

  private static Value scaled(Call call, String code, float otherwise) {
    String alpha = Script.real(call.attributes().real("alpha", otherwise));
    return call.let(call.shape(0), code, call.arg(0), alpha);
  }

  private static Value thresholdedRelu(Call call) {
    String alpha = Script.real(call.attributes().real("alpha", 1));
    return call.let(call.shape(0), "torch.mul(%1$s, torch.gt(%1$s, %2$s))", call.arg(0), alpha);
  }

  private static Value selu(Call call) {
    double alpha = call.attributes().real("alpha", 1.6732632f);
    double gamma = call.attributes().real("gamma", 1.050701f);
    return call.let(
        call.shape(0),
        "torch.elu(%s, %s, %s)",
        call.arg(0),
        Script.real(alpha),
        Script.real(gamma));
  }

  private static Value hardSigmoid(Call call) {
    return call.let(
        call.shape(0),
        "torch.clamp(torch.add(torch.mul(%s, %s), %s), 0, 1)",
        call.arg(0),
        Script.real(call.attributes().real("alpha", 0.2f)),
        Script.real(call.attributes().real("beta", 0.5f)));
  }

  private static Value prelu(Call call) {
    return call.let(
        Broadcast.of(call.shape(0), call.shape(1)),
        "torch.where(torch.gt(%1$s, 0), %1$s, torch.mul(%1$s, %2$s))",
        call.arg(0),
        call.arg(1));
  }

  private static Value gelu(Call call) {
    String approximate = call.attributes().text("approximate", "none");
    Call.require(
        approximate.equals("none") || approximate.equals("tanh"),
        "approximate must be none or tanh, but is %s",
        approximate);
    return call.let(call.shape(0), "torch.gelu(%s, approximate=\"%s\")", call.arg(0), approximate);
  }

  /** Bounds moved from attributes to inputs in opset 11. */
  private static Value clip(Call call) {
    if (call.opset() < 11) {
      String low = Script.real(call.attributes().real("min", Float.NEGATIVE_INFINITY));
      String high = Script.real(call.attributes().real("max", Float.POSITIVE_INFINITY));
      return call.let(call.shape(0), "torch.clamp(%s, %s, %s)", call.arg(0), low, high);
    }
    if (!call.has(1) && !call.has(2)) {
      return call.value(0);
    }
    return call.let(
        call.shape(0), "torch.clamp(%s, %s, %s)", call.arg(0), bound(call, 1), bound(call, 2));
  }

  private static String bound(Call call, int input) {
    return call.has(input) ? Script.real(call.real(input)) : "None";
  }

  private static Value cast(Call call) {
    ElementType type = ElementType.of(call.attributes().integer("to", 0));
    Value value = call.value(0);
    if (type == value.type()) {
      return value;
    }
    if (type.isInteger() && value.type().isInteger() && value.numbers().isPresent()) {
      return new Value.Numbers(type, value.shape(), value.numbers().get());
    }
    return call.let(type, value.shape(), Script.to(type, call.arg(0)));
  }

  /** Does nothing at inference, unless the file insists that this is training. */
  private static Value dropout(Call call) {
    Call.require(!call.has(2) || call.real(2) == 0, "training_mode must be off, but is on");
    return call.value(0);
  }

  private static Value divide(Call call) {
    Optional<Value> known = folded(call, call.type(0), Size::dividedBy);
    if (known.isPresent()) {
      return known.get();
    }
    requireHarmlessDivisor(call);
    return binary(
        call,
        call.type(0),
        call.type(0).isReal() ? "torch.div(%s, %s)" : "torch.div(%s, %s, rounding_mode=\"trunc\")");
  }

  private static Value modulo(Call call) {
    boolean keepsSign = call.attributes().integer("fmod", 0) != 0;
    Optional<Value> known = keepsSign ? Optional.empty() : folded(call, call.type(0), Size::modulo);
    if (known.isPresent()) {
      return known.get();
    }
    requireHarmlessDivisor(call);
    return binary(call, call.type(0), keepsSign ? "torch.fmod(%s, %s)" : "torch.remainder(%s, %s)");
  }

  /** Whole numbers have divisors that end the process instead of the call. */
  private static void requireHarmlessDivisor(Call call) {
    Call.require(
        call.type(0).isReal()
            || call.exact(1).stream().allMatch(divisor -> divisor != 0 && divisor != -1),
        "whole numbers must not be divided by 0 or -1");
  }

  private static Value power(Call call) {
    Optional<double[]> exponent = call.value(1).reals().filter(reals -> reals.length == 1);
    if (exponent.isPresent() && call.rank(1) <= call.rank(0)) {
      String number = Script.real(exponent.get()[0]);
      return call.let(call.shape(0), "torch.pow(%s, %s)", call.arg(0), number);
    }
    return binary(call, call.type(0), "torch.pow(%s, %s)");
  }

  private static Value mean(Call call) {
    Value sum = chain(call, "torch.add(%s, %s)");
    return call.let(sum.shape(), "torch.div(%s, %s)", call.name(sum), call.inputs());
  }

  private static Value equal(Call call) {
    return folded(call, ElementType.BOOL, (a, b) -> Size.of(a.equals(b) ? 1 : 0))
        .orElseGet(() -> binary(call, ElementType.BOOL, "torch.eq(%s, %s)"));
  }

  private static Value where(Call call) {
    List<Size> shape = Broadcast.of(call.shape(0), Broadcast.of(call.shape(1), call.shape(2)));
    Optional<List<Size>> choice = call.value(0).numbers();
    Optional<List<Size>> yes = call.value(1).numbers();
    Optional<List<Size>> no = call.value(2).numbers();
    if (choice.isPresent() && yes.isPresent() && no.isPresent() && call.type(1).isInteger()) {
      List<Size> elements = new ArrayList<>();
      for (int i = 0; i < Size.product(shape).exact(); i++) {
        boolean chosen = !pick(choice.get(), i).is(0);
        elements.add(pick(chosen ? yes.get() : no.get(), i));
      }
      return new Value.Numbers(call.type(1), shape, elements);
    }
    return call.let(
        call.type(1), shape, "torch.where(%s, %s, %s)", call.arg(0), call.arg(1), call.arg(2));
  }

  private static Size pick(List<Size> elements, int i) {
    return elements.get(elements.size() == 1 ? 0 : i);
  }
}
