package io.gauntlet.defenses.certify.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.ReluNetwork;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ReluNetwork} that learns: in plain Java and 32 bits, by Adam (Kingma, Ba: <a
 * href="https://arxiv.org/abs/1412.6980">Adam: A Method for Stochastic Optimization</a>, ICLR
 * 2015). It answers as {@link #network} does, in 64 bits.
 *
 * <p>It takes any training there is, plain ({@link io.gauntlet.train.Fit}) or against an attacker
 * ({@link io.gauntlet.defenses.train.Hardening}), and is what {@link IntervalTraining} asks for. A
 * batch is learnt in pieces, on as many cores as there are; cut and summed the same way everywhere,
 * so that any number of cores gives the same weights.
 *
 * <p>Its layers are dense or convolutions, the last one dense, with a ReLU between each two. Meant
 * for networks small enough to be certified.
 */
public final class LearningNetwork implements ParametricModel, ScheduledModel, ResumableModel {
  private static final int PIECE = 32; // rows: what a convolution works on stays in the first cache
  private static final int FORMAT = 1;

  private final Adam adam;
  private Weights weights;
  private volatile @Nullable ReluNetwork network; // those weights, once somebody asks

  private LearningNetwork(Weights weights, float learningRate) {
    this.weights = weights;
    adam = new Adam(weights.count(), learningRate);
  }

  /**
   * Learns from a network's weights on.
   *
   * @param learningRate of Adam; finite, not negative; 0.001 is the usual one
   * @throws IllegalArgumentException if the network has other layers, or in another order
   */
  public static LearningNetwork of(ReluNetwork start, float learningRate) {
    return new LearningNetwork(Weights.of(start), Check.nonNegative(learningRate, "learningRate"));
  }

  /** The network as it is now, to be certified: what is learnt later does not change it. */
  public ReluNetwork network() {
    ReluNetwork now = network;
    if (now == null) {
      now = weights.network();
      network = now;
    }
    return now;
  }

  /** A loss of some rows, which adds its derivatives up. */
  @FunctionalInterface
  interface PieceLoss {
    /** The sum of the rows' losses, whose derivatives by the weights are added to the slopes. */
    double of(Weights weights, Batch rows, Slopes slopes);
  }

  /** One step down the mean of a loss. */
  double learn(Batch inputs, PieceLoss loss) {
    Sum sum = sum(inputs, loss);
    become(weights.with(adam.next(weights.flat(), sum.mean())));
    return sum.loss / sum.rows;
  }

  private void become(Weights now) {
    weights = now;
    network = null;
  }

  private Sum sum(Batch inputs, PieceLoss loss) {
    if (inputs.width() != inputShape().size()) {
      throw new IllegalArgumentException(
          "inputs must have %s values in a row, but had %s"
              .formatted(inputShape().size(), inputs.width()));
    }
    Check.atLeast(1, inputs.rows(), "number of rows to learn from");
    Sum sum = new Sum(inputs.rows(), weights.count());
    IntStream.iterate(0, from -> from < inputs.rows(), from -> from + PIECE)
        .boxed()
        .toList()
        .parallelStream()
        .map(from -> piece(inputs.slice(from, Math.min(inputs.rows(), from + PIECE)), loss))
        .toList()
        .forEach(sum::add);
    return sum;
  }

  private Piece piece(Batch rows, PieceLoss loss) {
    Slopes slopes = new Slopes(weights);
    return new Piece(loss.of(weights, rows, slopes), slopes);
  }

  private record Piece(double loss, Slopes slopes) {}

  /** Of pieces, first to last: sums in floating point depend on the order. */
  private static final class Sum {
    final int rows;
    final double[] slopes;
    double loss;

    Sum(int rows, int count) {
      this.rows = rows;
      slopes = new double[count];
    }

    void add(Piece piece) {
      loss += piece.loss;
      piece.slopes.addTo(slopes);
    }

    float[] mean() {
      float[] mean = new float[slopes.length];
      for (int p = 0; p < mean.length; p++) {
        mean[p] = (float) (slopes[p] / rows);
      }
      return mean;
    }
  }

  /** The loss of the logits, times a factor. */
  static PieceLoss ofLogits(LogitLoss loss, float factor) {
    return (weights, rows, slopes) -> {
      PointPass pass = new PointPass(weights, rows);
      Batch logits = pass.logits();
      pass.back(loss.gradient(logits).times(factor), slopes);
      return factor * sum(loss.values(logits));
    };
  }

  /** The sum of a batch of one column. */
  static double sum(Batch values) {
    double sum = 0;
    for (int i = 0; i < values.rows(); i++) {
      sum += values.get(i, 0);
    }
    return sum;
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    return learn(inputs, ofLogits(loss, 1));
  }

  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    return Batch.of(sum(inputs, ofLogits(loss, 1)).mean());
  }

  /** Its gradient, without a step. */
  Batch parameterGradient(Batch inputs, PieceLoss loss) {
    return Batch.of(sum(inputs, loss).mean());
  }

  /** {@inheritDoc} Layer by layer, weights before biases. */
  @Override
  public Batch parameters() {
    return Batch.of(weights.flat());
  }

  @Override
  public List<Shape> parameterShapes() {
    return weights.shapes();
  }

  @Override
  public void setParameters(Batch values) {
    if (values.rows() != 1 || values.width() != weights.count()) {
      throw new IllegalArgumentException(
          "parameters must be one row of %s, but were %s".formatted(weights.count(), values));
    }
    float[] row = values.row(0);
    for (int p = 0; p < row.length; p++) {
      if (!Float.isFinite(row[p])) {
        throw new IllegalArgumentException(
            "parameters must be finite, but number %s was %s".formatted(p, row[p]));
      }
    }
    become(weights.with(row));
  }

  @Override
  public float learningRate() {
    return adam.learningRate();
  }

  @Override
  public void setLearningRate(float learningRate) {
    adam.setLearningRate(Check.nonNegative(learningRate, "learningRate"));
  }

  @Override
  public byte[] trainingState() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(FORMAT);
      out.writeUTF(weights.shapes().toString());
      for (float value : weights.flat()) {
        out.writeFloat(value);
      }
      adam.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void resume(byte[] state) {
    String shapes = weights.shapes().toString();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      if (in.readInt() != FORMAT || !in.readUTF().equals(shapes)) {
        throw new ModelException(
            "a training state must be that of a network with parameters " + shapes);
      }
      float[] row = new float[weights.count()];
      for (int p = 0; p < row.length; p++) {
        row[p] = in.readFloat();
      }
      Adam read = Adam.read(in, row.length);
      if (in.read() >= 0) {
        throw new ModelException("a training state must end where it ends, but goes on");
      }
      adam.become(read);
      become(weights.with(row));
    } catch (IOException e) {
      throw new ModelException("a training state must be whole, but: " + e, e);
    }
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return network().forward(inputs);
  }

  @Override
  public Batch logits(Batch inputs) {
    return network().logits(inputs);
  }

  @Override
  public Shape inputShape() {
    return weights.shape();
  }

  @Override
  public Domain domain() {
    return weights.domain();
  }

  @Override
  public int classes() {
    return weights.last().bias().length;
  }

  @Override
  public Concurrency concurrency() {
    return network().concurrency();
  }

  @Override
  public String fingerprint() {
    return "Learning" + network().fingerprint();
  }
}
