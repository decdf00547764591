package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Softmax regression of two features and two classes that learns with momentum. */
final class LinearLearner implements ParametricModel, ScheduledModel, ResumableModel {
  static final int FEATURES = 2;
  static final int CLASSES = 2;
  private static final int PARAMETERS = CLASSES * (FEATURES + 1);

  private final float momentum;
  private final Concurrency concurrency;
  private final float[] parameters = {1, -0.5f, -1, 0.75f, 0.1f, 0};
  private final float[] velocity = new float[PARAMETERS];
  private float learningRate;

  /** What it was trained on, step by step. */
  final List<Batch> taught = new ArrayList<>();

  LinearLearner(float learningRate, float momentum, Concurrency concurrency) {
    this.learningRate = learningRate;
    this.momentum = momentum;
    this.concurrency = concurrency;
  }

  LinearLearner(float learningRate, float momentum) {
    this(learningRate, momentum, Concurrency.SINGLE_THREADED);
  }

  Mlp now() {
    float[][] weights = new float[CLASSES][];
    Arrays.setAll(weights, k -> Arrays.copyOfRange(parameters, k * FEATURES, (k + 1) * FEATURES));
    float[] bias = Arrays.copyOfRange(parameters, CLASSES * FEATURES, PARAMETERS);
    return Mlp.linear(Domain.UNIT, weights, bias);
  }

  @Override
  public Shape inputShape() {
    return Shape.of(FEATURES);
  }

  @Override
  public Domain domain() {
    return Domain.UNIT;
  }

  @Override
  public int classes() {
    return CLASSES;
  }

  @Override
  public Concurrency concurrency() {
    return concurrency;
  }

  @Override
  public String fingerprint() {
    return "LinearLearner " + now().fingerprint();
  }

  @Override
  public Batch logits(Batch inputs) {
    return now().logits(inputs);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return now().forward(inputs);
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    taught.add(inputs);
    Batch losses = loss.values(logits(inputs));
    double sum = 0;
    for (int i = 0; i < inputs.rows(); i++) {
      sum += losses.get(i, 0);
    }
    Batch gradient = parameterGradient(inputs, loss);
    for (int p = 0; p < PARAMETERS; p++) {
      velocity[p] = momentum * velocity[p] - learningRate * gradient.get(0, p);
      parameters[p] += velocity[p];
    }
    return sum / inputs.rows();
  }

  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    Batch slopes = loss.gradient(logits(inputs));
    float[] gradient = new float[PARAMETERS];
    for (int i = 0; i < inputs.rows(); i++) {
      for (int k = 0; k < CLASSES; k++) {
        float slope = slopes.get(i, k) / inputs.rows();
        gradient[CLASSES * FEATURES + k] += slope;
        for (int j = 0; j < FEATURES; j++) {
          gradient[k * FEATURES + j] += slope * inputs.get(i, j);
        }
      }
    }
    return Batch.of(gradient);
  }

  @Override
  public Batch parameters() {
    return Batch.of(parameters);
  }

  @Override
  public void setParameters(Batch values) {
    values.copyRow(0, parameters);
  }

  @Override
  public float learningRate() {
    return learningRate;
  }

  @Override
  public void setLearningRate(float newRate) {
    learningRate = newRate;
  }

  @Override
  public byte[] trainingState() {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * (2 * PARAMETERS + 1));
    bytes.asFloatBuffer().put(parameters).put(velocity).put(learningRate);
    return bytes.array();
  }

  @Override
  public void resume(byte[] state) {
    if (state.length != Float.BYTES * (2 * PARAMETERS + 1)) {
      throw new ModelException("not a state");
    }
    ByteBuffer.wrap(state).asFloatBuffer().get(parameters).get(velocity);
    learningRate = ByteBuffer.wrap(state).getFloat(Float.BYTES * 2 * PARAMETERS);
  }
}
