package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A linear classifier that learns by plain gradient descent and keeps what it was taught. */
public final class SoftmaxLearner implements ParametricModel {
  static final float RATE = 0.5f;

  private final int features;
  private final int classes;
  private final Domain domain;
  private Batch parameters;

  /** Inputs of every training step so far. */
  final List<Batch> lessons = new ArrayList<>();

  /** Weights and biases drawn from a normal distribution. */
  public SoftmaxLearner(int features, int classes, Domain domain, Seed seed) {
    this.features = features;
    this.classes = classes;
    this.domain = domain;
    float[] drawn = new float[classes * (features + 1)];
    RandomGenerator random = seed.forExample(0);
    for (int j = 0; j < drawn.length; j++) {
      drawn[j] = (float) random.nextGaussian();
    }
    parameters = Batch.of(drawn);
  }

  float weight(int k, int feature) {
    return parameters.get(0, k * features + feature);
  }

  private Mlp net() {
    float[][] weights = new float[classes][features];
    float[] bias = new float[classes];
    for (int k = 0; k < classes; k++) {
      for (int j = 0; j < features; j++) {
        weights[k][j] = weight(k, j);
      }
      bias[k] = parameters.get(0, classes * features + k);
    }
    return Mlp.linear(domain, weights, bias);
  }

  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    Batch byLogit = loss.gradient(logits(inputs));
    double[] sum = new double[parameters.width()];
    for (int i = 0; i < inputs.rows(); i++) {
      for (int k = 0; k < classes; k++) {
        for (int j = 0; j < features; j++) {
          sum[k * features + j] += (double) byLogit.get(i, k) * inputs.get(i, j);
        }
        sum[classes * features + k] += byLogit.get(i, k);
      }
    }
    float[] mean = new float[sum.length];
    for (int j = 0; j < mean.length; j++) {
      mean[j] = (float) (sum[j] / inputs.rows());
    }
    return Batch.of(mean);
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    lessons.add(inputs);
    Batch losses = loss.values(logits(inputs));
    double sum = 0;
    for (int i = 0; i < losses.rows(); i++) {
      sum += losses.get(i, 0);
    }
    setParameters(parameters.minus(parameterGradient(inputs, loss).times(RATE)));
    return sum / losses.rows();
  }

  @Override
  public Batch parameters() {
    return parameters;
  }

  @Override
  public List<Shape> parameterShapes() {
    return List.of(Shape.of(classes, features), Shape.of(classes));
  }

  @Override
  public void setParameters(Batch values) {
    parameters = values;
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return net().forward(inputs);
  }

  @Override
  public Batch logits(Batch inputs) {
    return net().logits(inputs);
  }

  @Override
  public Shape inputShape() {
    return Shape.of(features);
  }

  @Override
  public Domain domain() {
    return domain;
  }

  @Override
  public int classes() {
    return classes;
  }
}
