package io.gauntlet.nd4j;

import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** What must become of a DL4J configuration before it answers logits and gradients. */
final class LayerConfigurations {
  private LayerConfigurations() {}

  /**
   * As the user's, but ending with logits instead of a loss, so that it can be gone back through
   * from any of their derivatives. Parameters keep their places.
   */
  static ComputationGraphConfiguration headless(ComputationGraphConfiguration user) {
    ComputationGraphConfiguration headless = user.clone();
    headless.setTrainingWorkspaceMode(WorkspaceMode.NONE);
    headless.setInferenceWorkspaceMode(WorkspaceMode.NONE);
    String end = headless.getNetworkOutputs().get(0);
    if (headless.getVertices().get(end) instanceof LayerVertex vertex) {
      Layer layer = vertex.getLayerConf().getLayer();
      if (layer.getClass() == OutputLayer.class) {
        vertex.getLayerConf().setLayer(dense((OutputLayer) layer));
      } else if (layer instanceof LossLayer loss) {
        vertex.getLayerConf().setLayer(activation(loss));
      }
      vertex.setOutputVertex(true);
    }
    uncover(headless, end);
    return headless;
  }

  private static DenseLayer dense(OutputLayer output) {
    DenseLayer dense =
        new DenseLayer.Builder()
            .nIn(output.getNIn())
            .nOut(output.getNOut())
            .hasBias(output.hasBias())
            .build();
    dense.setActivationFn(output.getActivationFn());
    dense.setWeightInitFn(output.getWeightInitFn());
    dense.setBiasInit(output.getBiasInit());
    dense.setRegularization(output.getRegularization());
    dense.setRegularizationBias(output.getRegularizationBias());
    dense.setIUpdater(output.getIUpdater());
    dense.setBiasUpdater(output.getBiasUpdater());
    dense.setWeightNoise(output.getWeightNoise());
    dense.setGradientNormalization(output.getGradientNormalization());
    dense.setGradientNormalizationThreshold(output.getGradientNormalizationThreshold());
    dense.setConstraints(output.getConstraints());
    dense.setIDropout(output.getIDropout());
    dense.setLayerName(output.getLayerName());
    return dense;
  }

  private static ActivationLayer activation(LossLayer loss) {
    ActivationLayer layer = new ActivationLayer(loss.getActivationFn());
    layer.setIDropout(loss.getIDropout());
    layer.setLayerName(loss.getLayerName());
    return layer;
  }

  /** Takes the softmax or sigmoid off the end, past layers that let everything through. */
  private static void uncover(ComputationGraphConfiguration configuration, String end) {
    if (configuration.getVertices().get(end) instanceof LayerVertex vertex) {
      Layer layer = vertex.getLayerConf().getLayer();
      IActivation activation = layer instanceof BaseLayer base ? base.getActivationFn() : null;
      if (layer instanceof ActivationLayer only) {
        activation = only.getActivationFn();
      }
      boolean covers =
          activation instanceof ActivationSoftmax || activation instanceof ActivationSigmoid;
      if (covers && layer instanceof ActivationLayer only) {
        only.setActivationFn(new ActivationIdentity());
      } else if (covers && layer instanceof BaseLayer base) {
        base.setActivationFn(new ActivationIdentity());
      } else if (layer instanceof DropoutLayer
          || (layer instanceof ActivationLayer && activation instanceof ActivationIdentity)) {
        uncover(
            configuration, Objects.requireNonNull(configuration.getVertexInputs().get(end)).get(0));
      }
    }
  }

  /**
   * As the headless one, but every layer in inference mode whichever way it is gone through: no
   * dropout, no noise on weights, batch norm on its running statistics, nothing frozen.
   */
  static ComputationGraphConfiguration inference(ComputationGraphConfiguration headless) {
    ComputationGraphConfiguration quiet = headless.clone();
    for (Map.Entry<String, GraphVertex> named : quiet.getVertices().entrySet()) {
      if (named.getValue() instanceof FrozenVertex frozen) {
        named.setValue(frozen.getUnderlying());
      }
      if (named.getValue() instanceof LayerVertex vertex) {
        Layer layer = vertex.getLayerConf().getLayer();
        vertex.getLayerConf().setLayer(quiet(named.getKey(), layer));
      }
    }
    String end = quiet.getNetworkOutputs().get(0);
    if (quiet.getVertices().get(end) instanceof LayerVertex vertex) {
      vertex.setOutputVertex(true); // which clone() forgets
    }
    return quiet;
  }

  private static Layer quiet(String name, Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return quiet(name, frozen.getLayer());
    }
    if (layer instanceof BaseWrapperLayer wrapper) {
      Layer inner = quiet(name, wrapper.getUnderlying());
      if (wrapper instanceof org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop) {
        return inner;
      }
      wrapper.setUnderlying(inner);
    }
    layer.setIDropout(null);
    if (layer instanceof BaseLayer base) {
      base.setWeightNoise(null);
      Refusal.check(
          !(base.getActivationFn() instanceof ActivationRReLU),
          "layer %s draws its slopes at random (RReLU) and cannot be gone back through"
              .formatted(name));
    }
    return layer instanceof BatchNormalization norm ? EvaluatedBatchNorm.of(norm) : layer;
  }
}
