package io.gauntlet.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.ModelException;
import java.util.Collection;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrustTest {
  /** Somebody's own layer: right forwards, or else wrong; wrong backwards. */
  private static final class Faulty extends ActivationLayer {
    private static final long serialVersionUID = 1L;
    private final Fault fault;

    Faulty(Fault fault) {
      super(Activation.TANH);
      this.fault = fault;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
        NeuralNetConfiguration conf,
        Collection<TrainingListener> listeners,
        int index,
        INDArray parameters,
        boolean initialise,
        DataType type) {
      Running layer = new Running(conf, type, fault);
      layer.setIndex(index);
      layer.setConf(conf);
      return layer;
    }

    private static final class Running extends org.deeplearning4j.nn.layers.ActivationLayer {
      private static final long serialVersionUID = 1L;
      private final Fault fault;

      Running(NeuralNetConfiguration conf, DataType type, Fault fault) {
        super(conf, type);
        this.fault = fault;
      }

      @Override
      public INDArray activate(boolean training, LayerWorkspaceMgr memory) {
        INDArray answer = super.activate(training, memory);
        return switch (fault) {
          case NOISE -> answer.addi(Nd4j.rand(answer.dataType(), answer.shape()).divi(10));
          case BATCH_MEAN -> answer.subiRowVector(answer.mean(0));
          case SLOPE -> answer;
        };
      }

      @Override
      public Pair<Gradient, INDArray> backpropGradient(
          INDArray byOutput, LayerWorkspaceMgr memory) {
        Pair<Gradient, INDArray> right = super.backpropGradient(byOutput, memory);
        return fault == Fault.SLOPE ? Pair.of(right.getFirst(), right.getSecond().mul(1.1)) : right;
      }
    }
  }

  private enum Fault {
    NOISE,
    BATCH_MEAN,
    SLOPE
  }

  private static MultiLayerNetwork network(Fault fault) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Fixtures.configuration()
                .list()
                .layer(new DenseLayer.Builder().nIn(12).nOut(9).build())
                .layer(new DenseLayer.Builder().nIn(9).nOut(8).activation(Activation.TANH).build())
                .layer(new Faulty(fault))
                .layer(Fixtures.softmax().nIn(8).build())
                .build());
    network.init();
    return network;
  }

  private static void assertBlamed(Fault fault, String message) {
    assertThatThrownBy(() -> NetworkModel.of(network(fault), Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("the network does not pass its self-check: " + message)
        .hasMessageEndingWith("; it goes wrong first in layer 2 (Faulty)");
  }

  @Test
  void a_layer_that_draws_at_random_is_found() {
    assertBlamed(Fault.NOISE, "the scores of the same inputs must repeat, but differ by 0.");
  }

  @Test
  void a_layer_that_mixes_rows_is_found() {
    assertBlamed(Fault.BATCH_MEAN, "the scores of a row must not depend on the other rows, but");
  }

  @Test
  void a_layer_with_a_wrong_derivative_is_found() {
    assertBlamed(Fault.SLOPE, "gradients must be the slopes of the scores, but differ by 0.0");
  }

  @Test
  void nothing_is_found_where_nothing_is_looked_for() {
    Nd4jOptions trusting = Fixtures.ROWS.withoutSelfCheck();
    assertThat(NetworkModel.of(network(Fault.SLOPE), trusting).classes()).isEqualTo(3);
  }

  @Test
  void an_operation_that_draws_at_random_is_found() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 12);
    SDVariable h = graph.math().tanh("hidden", x);
    SDVariable noise = graph.random().normal("noise", 0, 1, DataType.FLOAT, 12);
    SDVariable noisy = h.add("noisy", noise);
    graph.mmul("logits", noisy, graph.var("w", Nd4j.rand(DataType.FLOAT, 12, 3)));
    assertThatThrownBy(() -> SameDiffModel.of(graph, "input", "logits", Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("the scores of the same inputs must repeat")
        .hasMessageEndingWith("; it goes wrong first in operation add (add)");
  }

  @Test
  void an_operation_that_nd4j_fails_in_is_found() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("input", DataType.FLOAT, -1, 12);
    SDVariable centred = x.sub("centred", x.mean(true, 0));
    graph.mmul("logits", centred, graph.var("w", Nd4j.rand(DataType.FLOAT, 12, 3)));
    assertThatThrownBy(() -> SameDiffModel.of(graph, "input", "logits", Fixtures.ROWS))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith("; it goes wrong first in operation reduce_mean (reduce_mean)");
  }
}
