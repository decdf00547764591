package io.gauntlet.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected network with ReLU between its layers, in plain Java: no engine, thread-safe,
 * the same bits for any batch size. One layer makes it a linear (softmax) model, whose exact
 * robustness is known in closed form.
 */
public final class Mlp implements DifferentiableModel, FeatureModel {
  private final Shape inputShape;
  private final Domain domain;
  private final List<Dense> layers;
  private final boolean rectified; // after the last layer too, as features are

  /**
   * One affine layer, {@code weights * x + bias}.
   *
   * @param weights shape (outputs, inputs)
   * @param bias shape (1, outputs)
   */
  public record Dense(Batch weights, Batch bias) implements Layer.Linear {
    /** Checks that the two fit. */
    public Dense {
      if (bias.rows() != 1 || bias.width() != weights.rows()) {
        throw new IllegalArgumentException(
            "a layer of %s outputs needs one bias row of as many values, but had %s"
                .formatted(weights.rows(), bias));
      }
    }

    /** A layer from {@code weights[output][input]} and {@code bias[output]}. */
    public static Dense of(float[][] weights, float[] bias) {
      return new Dense(Batch.of(weights), Batch.of(bias));
    }

    @Override
    public int inputs() {
      return weights.width();
    }

    @Override
    public int outputs() {
      return weights.rows();
    }

    @Override
    public double bias(int output) {
      return bias.get(0, output);
    }

    @Override
    public int terms() {
      return Math.max(inputs(), outputs());
    }

    @Override
    public double[] apply(double[] x) {
      double[] y = new double[outputs()];
      for (int o = 0; o < y.length; o++) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
          sum += weights.get(o, i) * x[i];
        }
        y[o] = sum + bias.get(0, o);
      }
      return y;
    }

    @Override
    public void addTransposed(double[] @Nullable [] byOutput, double[] @Nullable [] byInput) {
      for (int[] block : Columns.blocks(byOutput, 0, 1, outputs())) {
        double[][] forms = new double[block.length][];
        Arrays.setAll(forms, i -> Objects.requireNonNull(byOutput[block[i]]));
        for (int j = 0; j < inputs(); j++) {
          Columns.add(weights, block, j, forms, byInput, j);
        }
      }
    }

    @Override
    public Dense absolute() {
      return new Dense(Columns.absolute(weights), bias.times(0));
    }

    private float[] apply(float[] x) {
      float[] y = new float[outputs()];
      for (int o = 0; o < y.length; o++) {
        float sum = bias.get(0, o);
        for (int i = 0; i < x.length; i++) {
          sum += weights.get(o, i) * x[i];
        }
        y[o] = sum;
      }
      return y;
    }

    private float[] transposed(float[] byOutput) {
      float[] byInput = new float[inputs()];
      for (int o = 0; o < byOutput.length; o++) {
        if (byOutput[o] != 0) {
          for (int i = 0; i < byInput.length; i++) {
            byInput[i] += weights.get(o, i) * byOutput[o];
          }
        }
      }
      return byInput;
    }
  }

  private Mlp(Shape inputShape, Domain domain, List<Dense> layers, boolean rectified) {
    this.inputShape = inputShape;
    this.domain = domain;
    this.layers = layers;
    this.rectified = rectified;
    int width = inputShape.size();
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).inputs() != width) {
        throw new IllegalArgumentException(
            "layer %s must take %s inputs, but takes %s"
                .formatted(i, width, layers.get(i).inputs()));
      }
      width = layers.get(i).outputs();
    }
    Check.atLeast(2, width, "outputs of the last layer");
  }

  /** A network of these layers, first to last; at least one. */
  public static Mlp of(Shape inputShape, Domain domain, List<Dense> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a network needs at least one layer, but had none");
    }
    return new Mlp(inputShape, domain, List.copyOf(layers), false);
  }

  /** The linear model {@code weights * x + bias}, one row of weights for each class. */
  public static Mlp linear(Domain domain, float[][] weights, float[] bias) {
    Dense layer = Dense.of(weights, bias);
    return of(Shape.of(layer.inputs()), domain, List.of(layer));
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public Domain domain() {
    return domain;
  }

  @Override
  public int classes() {
    return layers.get(layers.size() - 1).outputs();
  }

  @Override
  public Concurrency concurrency() {
    return Concurrency.threadSafe(64);
  }

  /** The size of every layer and the SHA-256 of all weights. */
  @Override
  public String fingerprint() {
    MessageDigest sha = sha256();
    StringBuilder sizes = new StringBuilder(rectified ? "Mlp features " : "Mlp ");
    sizes.append(inputShape);
    for (Dense layer : layers) {
      sizes.append('-').append(layer.outputs());
      for (Batch numbers : List.of(layer.weights, layer.bias)) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.rows() * numbers.width() * Float.BYTES);
        bytes.asFloatBuffer().put(numbers.buffer());
        sha.update(bytes);
      }
    }
    return sizes + " " + HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public Batch logits(Batch inputs) {
    return forward(inputs).logits();
  }

  /** The same network as layers that can be read. */
  public ReluNetwork network() {
    List<Layer> steps = new ArrayList<>();
    for (int k = 0; k < layers.size(); k++) {
      steps.add(layers.get(k));
      if (isRectified(k)) {
        steps.add(new Layer.Relu());
      }
    }
    return ReluNetwork.of(inputShape, domain, steps);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModelException if this has one layer only, or one unit before its last
   */
  @Override
  public DifferentiableModel features() {
    if (layers.size() == 1) {
      throw new ModelException("features need a layer before the last, but there is one layer");
    }
    List<Dense> hidden = layers.subList(0, layers.size() - 1);
    return new Mlp(inputShape, domain, hidden, true);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    requireWidth("inputs", inputShape.size(), inputs);
    float[][][] activations = new float[inputs.rows()][layers.size() + 1][];
    float[] logits = new float[inputs.rows() * classes()];
    for (int i = 0; i < inputs.rows(); i++) {
      float[] x = inputs.row(i);
      activations[i][0] = x;
      for (int k = 0; k < layers.size(); k++) {
        x = layers.get(k).apply(x);
        if (isRectified(k)) {
          for (int j = 0; j < x.length; j++) {
            x[j] = Math.max(0, x[j]);
          }
        }
        activations[i][k + 1] = x;
      }
      System.arraycopy(x, 0, logits, i * classes(), classes());
    }
    return new Pass(inputs, activations, inputs.withValues(classes(), logits));
  }

  private boolean isRectified(int layer) {
    return rectified || layer < layers.size() - 1;
  }

  private static void requireWidth(String name, int width, Batch batch) {
    if (batch.width() != width) {
      throw new IllegalArgumentException(
          "%s must have %s values in a row, but had %s".formatted(name, width, batch.width()));
    }
  }

  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final float[][][] activations;
    private final Batch logits;

    Pass(Batch inputs, float[][][] activations, Batch logits) {
      this.inputs = inputs;
      this.activations = activations;
      this.logits = logits;
    }

    @Override
    public Batch logits() {
      return logits;
    }

    @Override
    public Batch backward(Batch byLogit) {
      requireWidth("weights of the logits", classes(), byLogit);
      float[] byInput = new float[inputs.rows() * inputs.width()];
      for (int i = 0; i < inputs.rows(); i++) {
        float[] flow = byLogit.row(i);
        for (int k = layers.size() - 1; k >= 0; k--) {
          if (isRectified(k)) {
            float[] gate = activations[i][k + 1];
            for (int j = 0; j < flow.length; j++) {
              flow[j] = gate[j] > 0 ? flow[j] : 0;
            }
          }
          flow = layers.get(k).transposed(flow);
        }
        System.arraycopy(flow, 0, byInput, i * inputs.width(), inputs.width());
      }
      return inputs.withValues(inputs.width(), byInput);
    }

    @Override
    public void close() {
      // nothing but Java arrays
    }
  }
}
