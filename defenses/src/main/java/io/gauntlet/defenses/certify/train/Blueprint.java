package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Layer;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The layers of a network that has learnt nothing yet, a ReLU between each two; the last gives the
 * logits.
 *
 * <pre>{@code
 * ReluNetwork untrained =
 *     Blueprint.of(Shape.of(1, 28, 28), Domain.UNIT)
 *         .convolution(16, 4, 2, 1)
 *         .convolution(32, 4, 2, 1)
 *         .dense(100)
 *         .dense(10)
 *         .draw(Seed.of(1));
 * }</pre>
 *
 * @param shape of one input
 * @param domain of its features
 * @param parts first to last
 */
public record Blueprint(Shape shape, Domain domain, List<Part> parts) {
  /** A layer, whose inputs are what the one before it gives. */
  public sealed interface Part {}

  /**
   * A convolution with square kernels.
   *
   * @param channels that leave; at least 1
   * @param kernel pixels across; at least 1
   * @param stride pixels from one output to the next; at least 1
   * @param padding zeros on every side; at least 0
   */
  public record Convolution(int channels, int kernel, int stride, int padding) implements Part {
    /** Checks the ranges. */
    public Convolution {
      Check.atLeast(1, channels, "channels");
      Check.atLeast(1, kernel, "kernel");
      Check.atLeast(1, stride, "stride");
      Check.atLeast(0, padding, "padding");
    }
  }

  /**
   * A dense layer.
   *
   * @param units that leave; at least 1
   */
  public record Dense(int units) implements Part {
    /** Checks the range. */
    public Dense {
      Check.atLeast(1, units, "units");
    }
  }

  /** Copies. */
  public Blueprint {
    parts = List.copyOf(parts);
  }

  /** No layers yet. */
  public static Blueprint of(Shape shape, Domain domain) {
    return new Blueprint(shape, domain, List.of());
  }

  /** With a convolution behind what there is, which must be images. */
  public Blueprint convolution(int channels, int kernel, int stride, int padding) {
    return with(new Convolution(channels, kernel, stride, padding));
  }

  /** With a dense layer behind what there is. */
  public Blueprint dense(int units) {
    return with(new Dense(units));
  }

  private Blueprint with(Part part) {
    return new Blueprint(shape, domain, Stream.concat(parts.stream(), Stream.of(part)).toList());
  }

  /**
   * The network with random weights and biases, uniform between plus and minus one over the square
   * root of the number of inputs that a unit sees: PyTorch's default, which interval bounds have
   * been trained from.
   *
   * @throws IllegalArgumentException if there is no layer, a convolution does not get images or a
   *     kernel does not fit on them, or there are fewer than two logits
   */
  public ReluNetwork draw(Seed seed) {
    List<Layer> layers = new ArrayList<>();
    Shape reached = shape;
    for (Part part : parts) {
      if (!layers.isEmpty()) {
        layers.add(new Layer.Relu());
      }
      RandomGenerator random = seed.forExample(layers.size());
      if (part instanceof Convolution convolution) {
        Conv2d layer = drawn(convolution, ImageShape.of(reached), random);
        layers.add(layer);
        reached =
            Shape.of(convolution.channels(), layer.rows().outputs(), layer.columns().outputs());
      } else {
        int units = ((Dense) part).units();
        layers.add(
            new Mlp.Dense(
                uniform(random, units, reached.size(), reached.size()),
                uniform(random, 1, units, reached.size())));
        reached = Shape.of(units);
      }
    }
    Check.atLeast(1, layers.size(), "number of layers");
    return ReluNetwork.of(shape, domain, layers);
  }

  private static Conv2d drawn(Convolution part, ImageShape images, RandomGenerator random) {
    int seen = images.channels() * part.kernel() * part.kernel();
    return new Conv2d(
        uniform(random, part.channels(), seen, seen),
        uniform(random, 1, part.channels(), seen),
        images.channels(),
        Conv2d.Axis.of(images.height(), part.kernel(), part.stride(), part.padding()),
        Conv2d.Axis.of(images.width(), part.kernel(), part.stride(), part.padding()),
        1);
  }

  private static Batch uniform(RandomGenerator random, int rows, int width, int seen) {
    float most = (float) (1 / Math.sqrt(seen));
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(-most, most);
    }
    return Batch.wrap(width, values);
  }
}
