package io.gauntlet.nd4j;

import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GAMMA;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_LOG_STD;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_VAR;

import java.util.Collection;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * DL4J's batch norm with the way back of inference mode, which DL4J does not have: it goes back
 * through the statistics of a batch it has not looked at. Same parameters, same way forwards.
 */
final class EvaluatedBatchNorm extends BatchNormalization {
  private static final long serialVersionUID = 1L;

  private EvaluatedBatchNorm() {}

  static EvaluatedBatchNorm of(BatchNormalization layer) {
    EvaluatedBatchNorm copy = new EvaluatedBatchNorm();
    copy.setLayerName(layer.getLayerName());
    copy.setNIn(layer.getNIn());
    copy.setNOut(layer.getNOut());
    copy.setEps(layer.getEps());
    copy.setGamma(layer.getGamma());
    copy.setBeta(layer.getBeta());
    copy.setLockGammaBeta(layer.isLockGammaBeta());
    copy.setUseLogStd(layer.isUseLogStd());
    copy.setCnn2DFormat(layer.getCnn2DFormat());
    return copy;
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    Running layer = new Running(conf, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initialise));
    layer.setConf(conf);
    return layer;
  }

  private static final class Running
      extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {
    private static final long serialVersionUID = 1L;

    Running(NeuralNetConfiguration conf, DataType type) {
      super(conf, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr memory) {
      return super.activate(false, memory);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray byOutput, LayerWorkspaceMgr memory) {
      INDArray scale = scale();
      INDArray byInput = Nd4j.createUninitialized(byOutput.dataType(), byOutput.shape(), 'c');
      int channels = byOutput.rank() == 4 && isNhwc() ? 3 : 1;
      Nd4j.getExecutioner().exec(new BroadcastMulOp(byOutput.dup('c'), scale, byInput, channels));
      return new Pair<>(new DefaultGradient(), byInput);
    }

    private boolean isNhwc() {
      return layerConf().getCnn2DFormat() == CNN2DFormat.NHWC;
    }

    /** What DL4J's way forwards multiplies by: a locked gamma only where beta is not 0 as well. */
    private INDArray scale() {
      INDArray scale = Transforms.sqrt(variance().addi(layerConf().getEps()), false).rdivi(1.0);
      if (!layerConf().isLockGammaBeta()) {
        return scale.muli(getParam(GAMMA).reshape(scale.shape()));
      }
      double gamma = layerConf().getGamma();
      return gamma != 1 && layerConf().getBeta() != 0 ? scale.muli(gamma) : scale;
    }

    private INDArray variance() {
      return layerConf().isUseLogStd()
          ? Transforms.exp(getParam(GLOBAL_LOG_STD).mul(2 * Math.log(10)), false)
          : getParam(GLOBAL_VAR).dup();
    }
  }
}
