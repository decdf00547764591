package io.gauntlet.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a name of the graph stands for while it is being translated. */
sealed interface Value {
  /** More whole numbers than this are data, not sizes. */
  int MOST_NUMBERS = 4096;

  ElementType type();

  /** Sizes of the axes. */
  List<Size> shape();

  /** The elements, if they are whole numbers that the import knows; row by row. */
  Optional<List<Size>> numbers();

  /** The elements, if they are the file's; row by row. */
  Optional<double[]> reals();

  /** What the file brings. */
  record Weight(Tensor tensor) implements Value {
    @Override
    public ElementType type() {
      return tensor.type();
    }

    @Override
    public List<Size> shape() {
      return Size.all(tensor.sizes());
    }

    @Override
    public Optional<List<Size>> numbers() {
      boolean whole = type().isInteger() || type() == ElementType.BOOL;
      return whole && tensor.count() <= MOST_NUMBERS
          ? Optional.of(Arrays.stream(tensor.longs()).mapToObj(Size::of).toList())
          : Optional.empty();
    }

    @Override
    public Optional<double[]> reals() {
      return tensor.count() <= MOST_NUMBERS ? Optional.of(tensor.doubles()) : Optional.empty();
    }
  }

  /** Whole numbers that follow from the shapes. */
  record Numbers(ElementType type, List<Size> shape, List<Size> elements) implements Value {
    public Numbers {
      elements = elements.stream().limit(MOST_NUMBERS + 1).toList();
      Call.require(
          elements.size() <= MOST_NUMBERS && Size.product(shape).is(elements.size()),
          "at most %s numbers can be followed, as many as the shape %s has",
          MOST_NUMBERS,
          shape);
    }

    static Numbers list(List<Size> elements) {
      return new Numbers(ElementType.INT64, List.of(Size.of(elements.size())), elements);
    }

    static Numbers single(Size element) {
      return new Numbers(ElementType.INT64, List.of(), List.of(element));
    }

    @Override
    public Optional<List<Size>> numbers() {
      return Optional.of(elements);
    }

    @Override
    public Optional<double[]> reals() {
      return elements.stream().allMatch(Size::isFixed)
          ? Optional.of(elements.stream().mapToDouble(Size::fixed).toArray())
          : Optional.empty();
    }
  }

  /** What the script computes for each batch, under this name. */
  record Computed(String name, ElementType type, List<Size> shape) implements Value {
    @Override
    public Optional<List<Size>> numbers() {
      return Optional.empty();
    }

    @Override
    public Optional<double[]> reals() {
      return Optional.empty();
    }
  }
}
