package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Conv2d;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Layer;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.Shape;
import java.util.ArrayList;
import java.util.List;

/** The linear layers of a network at one moment, a ReLU between each two; the last is dense. */
final class Weights {
  private final ReluNetwork like;
  private final List<Linear> layers;

  /** One layer: its weights by output channel and tap, and their absolute values. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record Linear(LinearMap map, float[][] weights, float[] bias, float[][] absolute) {
    private Linear(LinearMap map, float[][] weights, float[] bias) {
      this(map, weights, bias, absolute(weights));
    }

    private static float[][] absolute(float[][] weights) {
      float[][] absolute = new float[weights.length][];
      for (int o = 0; o < absolute.length; o++) {
        absolute[o] = weights[o].clone();
        for (int t = 0; t < absolute[o].length; t++) {
          absolute[o][t] = Math.abs(absolute[o][t]);
        }
      }
      return absolute;
    }

    /** {@code weights * x + bias}. */
    float[][] apply(float[][] x) {
      float[][] y = map.apply(weights, x);
      for (int i = 0; i < y.length; i++) {
        float shift = bias[i / map.pixels()];
        for (int row = 0; row < y[i].length; row++) {
          y[i][row] += shift;
        }
      }
      return y;
    }
  }

  private Weights(ReluNetwork like, List<Linear> layers) {
    this.like = like;
    this.layers = layers;
  }

  /**
   * Those of a network.
   *
   * @throws IllegalArgumentException if it is not such a network
   */
  static Weights of(ReluNetwork network) {
    List<ReluNetwork.Step> steps = network.steps();
    List<Linear> layers = new ArrayList<>();
    for (int k = 0; k < steps.size(); k++) {
      Layer layer = steps.get(k).layer();
      if (steps.get(k).input() != k || (layer instanceof Layer.Relu) != (k % 2 == 1)) {
        throw unfit("step %s was %s".formatted(k, steps.get(k)));
      }
      if (layer instanceof Mlp.Dense dense) {
        layers.add(linear(LinearMap.of(dense), dense.weights(), dense.bias()));
      } else if (layer instanceof Conv2d conv && conv.groups() == 1) {
        layers.add(linear(LinearMap.of(conv), conv.weights(), conv.bias()));
      } else if (!(layer instanceof Layer.Relu)) {
        throw unfit("step %s was %s".formatted(k, layer));
      }
    }
    if (!(steps.get(steps.size() - 1).layer() instanceof Mlp.Dense)) {
      throw unfit("the last step was " + steps.get(steps.size() - 1).layer());
    }
    return new Weights(network, List.copyOf(layers));
  }

  private static IllegalArgumentException unfit(String found) {
    return new IllegalArgumentException(
        "a network that learns must have dense layers and convolutions of one group, the last one"
            + " dense, with a ReLU between each two, but "
            + found);
  }

  private static Linear linear(LinearMap map, Batch weights, Batch bias) {
    float[][] rows = new float[weights.rows()][];
    for (int o = 0; o < rows.length; o++) {
      rows[o] = weights.row(o);
    }
    return new Linear(map, rows, bias.row(0));
  }

  Shape shape() {
    return like.inputShape();
  }

  Domain domain() {
    return like.domain();
  }

  List<Linear> layers() {
    return layers;
  }

  Linear last() {
    return layers.get(layers.size() - 1);
  }

  /** Layers that a ReLU follows. */
  int hidden() {
    return layers.size() - 1;
  }

  /** Weights, then biases, layer by layer. */
  List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (Linear layer : layers) {
      shapes.add(Shape.of(layer.map.channels(), layer.map.taps()));
      shapes.add(Shape.of(layer.map.channels()));
    }
    return shapes;
  }

  int count() {
    return shapes().stream().mapToInt(Shape::size).sum();
  }

  /** All numbers in a row. */
  float[] flat() {
    float[] flat = new float[count()];
    int at = 0;
    for (Linear layer : layers) {
      for (float[] row : layer.weights) {
        System.arraycopy(row, 0, flat, at, row.length);
        at += row.length;
      }
      System.arraycopy(layer.bias, 0, flat, at, layer.bias.length);
      at += layer.bias.length;
    }
    return flat;
  }

  /** The same layers with other numbers. */
  Weights with(float[] flat) {
    List<Linear> changed = new ArrayList<>();
    int at = 0;
    for (Linear layer : layers) {
      float[][] weights = new float[layer.weights.length][layer.map.taps()];
      for (float[] row : weights) {
        System.arraycopy(flat, at, row, 0, row.length);
        at += row.length;
      }
      float[] bias = new float[layer.bias.length];
      System.arraycopy(flat, at, bias, 0, bias.length);
      at += bias.length;
      changed.add(new Linear(layer.map, weights, bias));
    }
    return new Weights(like, List.copyOf(changed));
  }

  /** The network that has them. */
  ReluNetwork network() {
    List<Layer> steps = new ArrayList<>();
    for (Linear layer : layers) {
      if (!steps.isEmpty()) {
        steps.add(new Layer.Relu());
      }
      Batch weights = Batch.of(layer.weights);
      Batch bias = Batch.of(layer.bias);
      steps.add(
          like.steps().get(steps.size()).layer() instanceof Conv2d conv
              ? new Conv2d(
                  weights, bias, conv.channels(), conv.rows(), conv.columns(), conv.groups())
              : new Mlp.Dense(weights, bias));
    }
    return ReluNetwork.of(like.inputShape(), like.domain(), steps);
  }
}
