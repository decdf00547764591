package io.gauntlet.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that slide over the space behind the axes of batch and channel. */
final class Windows {
  static final Map<String, Operator> TABLE =
      Map.ofEntries(
          entry("Conv", Operator.single(Windows::convolution)),
          entry("ConvTranspose", Operator.single(Windows::transposedConvolution)),
          entry("MaxPool", Operator.single(Windows::maxPool)),
          entry("AveragePool", Operator.single(Windows::averagePool)),
          entry("GlobalAveragePool", Operator.single(call -> global(call, "torch.mean"))),
          entry("GlobalMaxPool", Operator.single(call -> global(call, "torch.amax"))),
          entry("Resize", Operator.single(Windows::resize)),
          entry("Upsample", Operator.single(Windows::upsample)));

  private Windows() {}

  private static Value convolution(Call call) {
    int axes = spaceOf(call);
    Window window =
        Window.of(call, call.shape(1).subList(2, 2 + axes).stream().map(Size::exact).toList());
    List<Size> shape = window.slide(call.shape(0), call.shape(1).get(0), false);
    boolean even = window.isEven();
    return call.let(
        shape,
        "torch.conv%sd(%s, %s, %s, %s, %s, %s, %s)",
        axes,
        even ? call.arg(0) : call.name(window.pad(call, "0.")),
        call.arg(1),
        call.argOrNone(2),
        window.strides(),
        even ? window.before() : Window.zeros(axes),
        window.dilations(),
        call.attributes().integer("group", 1));
  }

  private static Value transposedConvolution(Call call) {
    int axes = spaceOf(call);
    Call.require(
        !call.attributes().has("output_shape")
            && call.attributes().text("auto_pad", "NOTSET").equals("NOTSET"),
        "the padding must be given, not the shape of the output");
    List<Long> kernel = call.shape(1).subList(2, 2 + axes).stream().map(Size::exact).toList();
    Window window = Window.of(call, kernel);
    Call.require(window.isEven(), "padding must be the same before and after");
    List<Long> extra = Window.or(call.attributes().integers("output_padding"), axes, 0);
    long groups = call.attributes().integer("group", 1);
    List<Size> shape = new ArrayList<>(call.shape(0).subList(0, 1));
    shape.add(call.shape(1).get(1).times(Size.of(groups)));
    for (int i = 0; i < axes; i++) {
      long size = call.shape(0).get(2 + i).exact();
      shape.add(
          Size.of(
              (size - 1) * window.strides().get(i)
                  + window.span(i)
                  + extra.get(i)
                  - 2 * window.before().get(i)));
    }
    return call.let(
        shape,
        "torch.conv_transpose%sd(%s, %s, %s, %s, %s, %s, %s, %s)",
        axes,
        call.arg(0),
        call.arg(1),
        call.argOrNone(2),
        window.strides(),
        window.before(),
        extra,
        groups,
        window.dilations());
  }

  private static Value maxPool(Call call) {
    int axes = spaceOf(call);
    Window window = Window.of(call, call.attributes().integers("kernel_shape"));
    boolean ceil = call.attributes().integer("ceil_mode", 0) != 0;
    List<Size> shape = window.slide(call.shape(0), call.shape(0).get(1), ceil);
    boolean even = window.isEven() && window.isNarrow();
    return call.let(
        shape,
        "torch.max_pool%sd(%s, %s, %s, %s, %s, %s)",
        axes,
        even ? call.arg(0) : call.name(window.pad(call, "-inf")),
        window.kernel(),
        window.strides(),
        even ? window.before() : Window.zeros(axes),
        window.dilations(),
        bool(ceil));
  }

  private static Value averagePool(Call call) {
    int axes = spaceOf(call);
    Window window = Window.of(call, call.attributes().integers("kernel_shape"));
    Call.require(
        window.dilations().stream().allMatch(dilation -> dilation == 1), "dilations must be 1");
    boolean ceil = call.attributes().integer("ceil_mode", 0) != 0;
    boolean countsPadding = call.attributes().integer("count_include_pad", 0) != 0;
    List<Size> shape = window.slide(call.shape(0), call.shape(0).get(1), ceil);
    boolean even = window.isEven() && window.isNarrow();
    Call.require(
        even || countsPadding, "padding that is not counted must be the same before and after");
    return call.let(
        shape,
        "torch.avg_pool%sd(%s, %s, %s, %s, %s, %s)",
        axes,
        even ? call.arg(0) : call.name(window.pad(call, "0.")),
        window.kernel(),
        window.strides(),
        even ? window.before() : Window.zeros(axes),
        bool(ceil),
        bool(countsPadding));
  }

  private static Value global(Call call, String function) {
    int axes = spaceOf(call);
    List<Size> shape = new ArrayList<>(call.shape(0).subList(0, 2));
    List<Integer> space = new ArrayList<>();
    for (int axis = 2; axis < 2 + axes; axis++) {
      shape.add(Size.ONE);
      space.add(axis);
    }
    return call.let(shape, "%s(%s, %s, True)", function, call.arg(0), space);
  }

  private static int spaceOf(Call call) {
    int axes = call.rank(0) - 2;
    Call.require(axes >= 1 && axes <= 3, "input 0 must have 3 to 5 axes, but has %s", axes + 2);
    return axes;
  }

  private static Value upsample(Call call) {
    double[] scales =
        call.has(1)
            ? scales(call, 1)
            : call.attributes().reals("scales").stream().mapToDouble(Float::doubleValue).toArray();
    return resize(call, scaled(call, scales), "asymmetric");
  }

  private static Value resize(Call call) {
    int sizes = 3;
    int scales = call.opset() < 11 ? 1 : 2;
    Call.require(
        call.attributes().integer("antialias", 0) == 0
            && !call.attributes().has("axes")
            && call.attributes().text("keep_aspect_ratio_policy", "stretch").equals("stretch"),
        "antialias, axes and keep_aspect_ratio_policy must be left as they are by default");
    List<Size> shape = call.has(sizes) ? call.numbers(sizes) : scaled(call, scales(call, scales));
    String coordinates =
        call.attributes()
            .text(
                "coordinate_transformation_mode", call.opset() < 11 ? "asymmetric" : "half_pixel");
    return resize(call, shape, coordinates);
  }

  private static double[] scales(Call call, int input) {
    return call.value(input)
        .reals()
        .orElseThrow(() -> new Refusal("scales must be numbers of the file"));
  }

  private static List<Size> scaled(Call call, double[] scales) {
    Call.require(scales.length == call.rank(0), "every axis must have a scale");
    List<Size> shape = new ArrayList<>();
    for (int axis = 0; axis < scales.length; axis++) {
      Size size = call.shape(0).get(axis);
      shape.add(scales[axis] == 1 ? size : Size.of((long) Math.floor(size.exact() * scales[axis])));
    }
    return shape;
  }

  private static Value resize(Call call, List<Size> asked, String coordinates) {
    String mode = call.attributes().text("mode", "nearest");
    Call.require(
        call.rank(0) == 4 && asked.size() == 4 && asked.get(1).equals(call.shape(0).get(1)),
        "images must have 4 axes, of which only height and width change");
    List<Size> shape = new ArrayList<>(call.shape(0).subList(0, 2));
    shape.addAll(asked.subList(2, 4));
    boolean aligned = coordinates.equals("align_corners");
    boolean halves = coordinates.equals("half_pixel") || coordinates.equals("pytorch_half_pixel");
    String code;
    if (mode.equals("linear") && (aligned || halves)) {
      code = "torch.upsample_bilinear2d(%s, %s, " + bool(aligned) + ", None, None)";
    } else if (mode.equals("cubic") && (aligned || halves)) {
      Call.require(
          call.attributes().real("cubic_coeff_a", -0.75f) == -0.75f, "cubic_coeff_a must be -0.75");
      code = "torch.upsample_bicubic2d(%s, %s, " + bool(aligned) + ", None, None)";
    } else if (mode.equals("nearest") && (coordinates.equals("asymmetric") || halves)) {
      code = nearest(call, shape, coordinates.equals("asymmetric"));
    } else {
      throw new Refusal("mode '%s' must not go with '%s'".formatted(mode, coordinates));
    }
    return call.let(shape, code, call.arg(0), Script.sizes(shape.subList(2, 4)));
  }

  /** Rounding is no question where every pixel is repeated a whole number of times. */
  private static String nearest(Call call, List<Size> shape, boolean asymmetric) {
    boolean floor = call.attributes().text("nearest_mode", "round_prefer_floor").equals("floor");
    boolean repeats =
        shape.get(2).exact() % call.shape(0).get(2).exact() == 0
            && shape.get(3).exact() % call.shape(0).get(3).exact() == 0;
    Call.require(
        call.opset() < 11 || (asymmetric && floor) || (repeats && !asymmetric),
        "'nearest' must round down or repeat every pixel a whole number of times");
    return "torch.upsample_nearest2d(%s, %s, None, None)";
  }

  private static String bool(boolean value) {
    return value ? "True" : "False";
  }
}
