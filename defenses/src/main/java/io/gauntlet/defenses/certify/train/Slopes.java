package io.gauntlet.defenses.certify.train;

import java.util.ArrayList;
import java.util.List;

/** Derivatives of a sum of losses by every weight, which passes back through a network add to. */
final class Slopes {
  private final Weights weights;
  private final List<OfLayer> layers = new ArrayList<>();

  /**
   * By the weights, by their absolute values where those are what was multiplied, by the biases.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record OfLayer(LinearMap map, float[][] byWeight, float[][] byAbsolute, float[] byBias) {
    /** Notes the derivative by what the layer made of {@code x}. */
    void add(float[][] byOutput, float[][] x) {
      map.addProducts(byOutput, x, byWeight);
      addToBias(byOutput);
    }

    /** The same where it was made by the absolute values of the weights, without a bias. */
    void addAbsolute(float[][] byOutput, float[][] x) {
      map.addProducts(byOutput, x, byAbsolute);
    }

    private void addToBias(float[][] byOutput) {
      for (int i = 0; i < byOutput.length; i++) {
        float sum = 0;
        for (float slope : byOutput[i]) {
          sum += slope;
        }
        byBias[i / map.pixels()] += sum;
      }
    }
  }

  Slopes(Weights weights) {
    this.weights = weights;
    for (Weights.Linear layer : weights.layers()) {
      int channels = layer.map().channels();
      int taps = layer.map().taps();
      layers.add(
          new OfLayer(
              layer.map(),
              new float[channels][taps],
              new float[channels][taps],
              new float[channels]));
    }
  }

  OfLayer of(int layer) {
    return layers.get(layer);
  }

  OfLayer ofLast() {
    return layers.get(layers.size() - 1);
  }

  /** Adds all of them to a row, in the order of {@link Weights#flat}. */
  void addTo(double[] sum) {
    int at = 0;
    for (int k = 0; k < layers.size(); k++) {
      OfLayer slopes = layers.get(k);
      float[][] signs = weights.layers().get(k).weights();
      for (int o = 0; o < signs.length; o++) {
        for (int t = 0; t < signs[o].length; t++, at++) {
          sum[at] += slopes.byWeight[o][t] + Math.signum(signs[o][t]) * slopes.byAbsolute[o][t];
        }
      }
      for (int o = 0; o < slopes.byBias.length; o++, at++) {
        sum[at] += slopes.byBias[o];
      }
    }
  }
}
