package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import io.gauntlet.model.ReluNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A network with what every bound of it needs and no input changes. */
final class Weighed {
  private final ReluNetwork network;
  private final List<Optional<Linear>> linear = new ArrayList<>();
  private final int[] readers;
  private final boolean[] affine;

  /**
   * A linear layer.
   *
   * @param absolute the absolute values of its weights
   * @param sizes how large each output can be if every input is at most 1; without the bias
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record Linear(Layer.Linear layer, Layer.Linear absolute, double[] sizes) {
    static Linear of(Layer.Linear layer) {
      Layer.Linear absolute = layer.absolute();
      double[] ones = new double[layer.inputs()];
      Arrays.fill(ones, 1);
      return new Linear(layer, absolute, absolute.apply(ones));
    }
  }

  Weighed(ReluNetwork network) {
    this.network = network;
    int steps = network.steps().size();
    readers = new int[steps + 1];
    affine = new boolean[steps + 1];
    affine[0] = true;
    for (int k = 0; k < steps; k++) {
      ReluNetwork.Step step = network.steps().get(k);
      linear.add(
          step.layer() instanceof Layer.Linear layer
              ? Optional.of(Linear.of(layer))
              : Optional.empty());
      affine[k + 1] = !(step.layer() instanceof Layer.Relu);
      for (int input : step.inputs()) {
        readers[input]++;
        affine[k + 1] &= affine[input];
      }
    }
  }

  ReluNetwork network() {
    return network;
  }

  int steps() {
    return network.steps().size();
  }

  ReluNetwork.Step step(int k) {
    return network.steps().get(k);
  }

  Linear linear(int k) {
    return linear.get(k).orElseThrow();
  }

  /** How many steps read a value. */
  int readers(int value) {
    return readers[value];
  }

  /** Whether no ReLU comes before a value. */
  boolean isAffine(int value) {
    return affine[value];
  }
}
