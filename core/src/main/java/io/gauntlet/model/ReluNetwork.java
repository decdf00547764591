package io.gauntlet.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A feed-forward network of linear layers, ReLUs and residual sums, whose layers can be read: what
 * bound propagation and exact verification ask for. In plain Java and 64 bits: no engine,
 * thread-safe, the same bits for any batch size.
 */
public final class ReluNetwork implements DifferentiableModel {
  private final Shape inputShape;
  private final Domain domain;
  private final List<Step> steps;
  private final int[] sizes; // of the input, then of what each step gives

  /**
   * One layer, and what enters it.
   *
   * @param inputs values by number: 0 is the network's input, {@code k + 1} what step {@code k}
   *     gives
   */
  public record Step(Layer layer, List<Integer> inputs) {
    /** Copies and checks how many values enter. */
    public Step {
      inputs = List.copyOf(inputs);
      int needed = layer instanceof Layer.Add ? 2 : 1;
      if (inputs.size() != needed) {
        throw new IllegalArgumentException(
            "%s takes %s values, but was given %s"
                .formatted(layer.getClass().getSimpleName(), needed, inputs.size()));
      }
    }

    /** The value that enters a layer with one. */
    public int input() {
      return inputs.get(0);
    }
  }

  /**
   * A network of these steps, the last of which gives the logits.
   *
   * @throws IllegalArgumentException if sizes do not fit, a step reads what comes after it, or a
   *     weight is not finite
   */
  public ReluNetwork(Shape inputShape, Domain domain, List<Step> steps) {
    this.inputShape = inputShape;
    this.domain = domain;
    this.steps = List.copyOf(steps);
    sizes = new int[steps.size() + 1];
    sizes[0] = inputShape.size();
    for (int k = 0; k < steps.size(); k++) {
      sizes[k + 1] = sizeAfter(k);
    }
    Check.atLeast(2, sizes[steps.size()], "logits");
  }

  /** A network of these layers, first to last. */
  public static ReluNetwork of(Shape inputShape, Domain domain, List<Layer> layers) {
    List<Step> steps = new ArrayList<>();
    for (Layer layer : layers) {
      steps.add(new Step(layer, List.of(steps.size())));
    }
    return new ReluNetwork(inputShape, domain, steps);
  }

  private int sizeAfter(int k) {
    Step step = steps.get(k);
    for (int input : step.inputs()) {
      if (input < 0 || input > k) {
        throw new IllegalArgumentException(
            "step %s must read values 0 to %s, but reads %s".formatted(k, k, input));
      }
      if (sizes[input] != sizes[step.input()]) {
        throw new IllegalArgumentException(
            "step %s must add values of one size, but these have %s and %s"
                .formatted(k, sizes[step.input()], sizes[input]));
      }
    }
    if (!(step.layer() instanceof Layer.Linear linear)) {
      return sizes[step.input()];
    }
    if (linear.inputs() != sizes[step.input()]) {
      throw new IllegalArgumentException(
          "step %s must take %s inputs, but takes %s"
              .formatted(k, sizes[step.input()], linear.inputs()));
    }
    for (Batch numbers : numbers(linear)) {
      for (int i = 0; i < numbers.rows(); i++) {
        for (int j = 0; j < numbers.width(); j++) {
          if (!Float.isFinite(numbers.get(i, j))) {
            throw new IllegalArgumentException(
                "weights must be finite, but step %s has %s".formatted(k, numbers.get(i, j)));
          }
        }
      }
    }
    return linear.outputs();
  }

  private static List<Batch> numbers(Layer.Linear linear) {
    if (linear instanceof Mlp.Dense dense) {
      return List.of(dense.weights(), dense.bias());
    }
    if (linear instanceof Conv2d conv) {
      return List.of(conv.weights(), conv.bias());
    }
    Scale scale = (Scale) linear;
    return List.of(scale.weights(), scale.bias());
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public Domain domain() {
    return domain;
  }

  /** First to last. */
  public List<Step> steps() {
    return steps;
  }

  /** Number of features of a value: 0 is the input, {@code k + 1} what step {@code k} gives. */
  public int size(int value) {
    return sizes[value];
  }

  @Override
  public int classes() {
    return sizes[steps.size()];
  }

  @Override
  public Concurrency concurrency() {
    return Concurrency.threadSafe(64);
  }

  @Override
  public Batch logits(Batch inputs) {
    return forward(inputs).logits();
  }

  /** {@inheritDoc} Going back may be done several times. */
  @Override
  public ForwardPass forward(Batch inputs) {
    if (inputs.width() != sizes[0]) {
      throw new IllegalArgumentException(
          "inputs must have %s values in a row, but had %s".formatted(sizes[0], inputs.width()));
    }
    double[][][] values = new double[inputs.rows()][][];
    float[] logits = new float[inputs.rows() * classes()];
    for (int i = 0; i < inputs.rows(); i++) {
      values[i] = values(inputs.row(i));
      double[] last = values[i][steps.size()];
      for (int c = 0; c < last.length; c++) {
        logits[i * last.length + c] = (float) last[c];
      }
    }
    return new Pass(inputs, values, inputs.withValues(classes(), logits));
  }

  /**
   * Every value that one input leads to, in 64 bits: the input, then what each step gives.
   *
   * @param x one value for each feature
   */
  public double[][] values(float[] x) {
    double[][] values = new double[sizes.length][];
    values[0] = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      values[0][j] = x[j];
    }
    for (int k = 0; k < steps.size(); k++) {
      values[k + 1] = apply(steps.get(k), values);
    }
    return values;
  }

  private static double[] apply(Step step, double[][] values) {
    double[] x = values[step.input()];
    if (step.layer() instanceof Layer.Linear linear) {
      return linear.apply(x);
    }
    double[] y = x.clone();
    if (step.layer() instanceof Layer.Add) {
      double[] other = values[step.inputs().get(1)];
      for (int j = 0; j < y.length; j++) {
        y[j] += other[j];
      }
    } else {
      for (int j = 0; j < y.length; j++) {
        y[j] = Math.max(0, y[j]);
      }
    }
    return y;
  }

  /** Sees linear forms on their way back through a network. */
  @FunctionalInterface
  public interface Inspection {
    /**
     * Called before forms go back through a step. Through a ReLU they go as they are: whoever wants
     * its slopes multiplies them here.
     *
     * @param step its number
     * @param forms coefficients of each feature that leaves the step, one for each form, which may
     *     be changed in place; {@code null} for all zero
     */
    void before(int step, Layer layer, double[] @Nullable [] forms);
  }

  /**
   * Carries linear forms in one value back to linear forms in the input.
   *
   * @param value which: 0 is the input, {@code k + 1} what step {@code k} gives
   * @param forms coefficients of each of its features, one for each form; {@code null} for all
   *     zero; taken over
   * @return coefficients of each feature of the input; {@code null} for all zero
   */
  public double[] @Nullable [] pullBack(
      int value, double[] @Nullable [] forms, Inspection inspection) {
    Map<Integer, Forms> open = new HashMap<>(); // what is still on its way, by value
    open.put(value, new Forms(forms));
    for (int k = value - 1; k >= 0; k--) {
      Forms there = open.remove(k + 1);
      if (there == null) {
        continue; // nothing reads this step
      }
      double[] @Nullable [] after = there.rows;
      Step step = steps.get(k);
      inspection.before(k, step.layer(), after);
      if (step.layer() instanceof Layer.Linear linear) {
        linear.addTransposed(after, at(open, step.input()));
      } else if (step.layer() instanceof Layer.Add) {
        join(at(open, step.input()), copy(after));
        join(at(open, step.inputs().get(1)), after);
      } else {
        join(at(open, step.input()), after);
      }
    }
    return at(open, 0);
  }

  /** Coefficients of every feature of one value. */
  private static final class Forms {
    private final double[] @Nullable [] rows;

    Forms(double[] @Nullable [] rows) {
      this.rows = rows;
    }
  }

  private double[] @Nullable [] at(Map<Integer, Forms> open, int value) {
    return open.computeIfAbsent(value, made -> new Forms(new double[sizes[made]][])).rows;
  }

  private static void join(double[] @Nullable [] into, double[] @Nullable [] more) {
    for (int j = 0; j < into.length; j++) {
      double[] row = into[j];
      double[] added = more[j];
      if (row == null) {
        into[j] = added;
      } else if (added != null) {
        for (int f = 0; f < row.length; f++) {
          row[f] += added[f];
        }
      }
    }
  }

  private static double[] @Nullable [] copy(double[] @Nullable [] rows) {
    double[] @Nullable [] copy = new double[rows.length][];
    for (int j = 0; j < rows.length; j++) {
      double[] row = rows[j];
      copy[j] = row == null ? null : row.clone();
    }
    return copy;
  }

  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final double[][][] values;
    private final Batch logits;

    Pass(Batch inputs, double[][][] values, Batch logits) {
      this.inputs = inputs;
      this.values = values;
      this.logits = logits;
    }

    @Override
    public Batch logits() {
      return logits;
    }

    @Override
    public Batch backward(Batch byLogit) {
      if (byLogit.width() != classes() || byLogit.rows() != inputs.rows()) {
        throw new IllegalArgumentException(
            "weights of the logits must be %s rows of %s, but were %s"
                .formatted(inputs.rows(), classes(), byLogit));
      }
      int rows = inputs.rows();
      double[][] forms = new double[classes()][rows];
      for (int c = 0; c < forms.length; c++) {
        for (int i = 0; i < rows; i++) {
          forms[c][i] = byLogit.get(i, c);
        }
      }
      double[] @Nullable [] byFeature = pullBack(steps.size(), forms, this::gate);
      float[] byInput = new float[rows * sizes[0]];
      for (int j = 0; j < byFeature.length; j++) {
        double[] ofFeature = byFeature[j];
        for (int i = 0; i < rows && ofFeature != null; i++) {
          byInput[i * sizes[0] + j] = (float) ofFeature[i];
        }
      }
      return inputs.withValues(sizes[0], byInput);
    }

    private void gate(int k, Layer layer, double[] @Nullable [] forms) {
      if (layer instanceof Layer.Relu) {
        for (int j = 0; j < forms.length; j++) {
          double[] row = forms[j];
          for (int i = 0; row != null && i < row.length; i++) {
            row[i] = values[i][k + 1][j] > 0 ? row[i] : 0;
          }
        }
      }
    }

    @Override
    public void close() {
      // nothing but Java arrays
    }
  }

  /** The size of every value and the SHA-256 of all weights. */
  @Override
  public String fingerprint() {
    StringBuilder text = new StringBuilder("ReluNetwork ").append(inputShape);
    MessageDigest sha = sha256();
    for (Step step : steps) {
      text.append('-').append(step.layer().getClass().getSimpleName());
      sha.update(step.inputs().toString().getBytes(StandardCharsets.UTF_8));
      if (step.layer() instanceof Layer.Linear linear) {
        text.append(linear.outputs());
        for (Batch numbers : numbers(linear)) {
          ByteBuffer bytes = ByteBuffer.allocate(numbers.rows() * numbers.width() * Float.BYTES);
          bytes.asFloatBuffer().put(numbers.buffer());
          sha.update(bytes);
        }
      }
    }
    return text + " " + HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
