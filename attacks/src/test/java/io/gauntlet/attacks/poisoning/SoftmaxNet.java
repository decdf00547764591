package io.gauntlet.attacks.poisoning;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** A linear classifier on some features; its parameters are one row of weights for each class. */
final class SoftmaxNet implements ParametricModel {
  private final Shape shape;
  private final Domain domain;
  private final int classes;
  private float[] parameters;

  SoftmaxNet(int features, int classes, Domain domain, Seed seed) {
    shape = Shape.of(features);
    this.domain = domain;
    this.classes = classes;
    parameters = new float[classes * (features + 1)];
    RandomGenerator random = seed.forExample(0);
    for (int j = 0; j < parameters.length; j++) {
      parameters[j] = (float) random.nextGaussian();
    }
  }

  private Mlp net() {
    int width = shape.size() + 1;
    float[][] weights = new float[classes][width - 1];
    float[] bias = new float[classes];
    for (int k = 0; k < classes; k++) {
      System.arraycopy(parameters, k * width, weights[k], 0, width - 1);
      bias[k] = parameters[k * width + width - 1];
    }
    return Mlp.of(shape, domain, List.of(Mlp.Dense.of(weights, bias)));
  }

  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    Batch byLogit = loss.gradient(logits(inputs));
    int width = shape.size() + 1;
    float[] gradient = new float[parameters.length];
    for (int i = 0; i < inputs.rows(); i++) {
      for (int k = 0; k < classes; k++) {
        float weight = byLogit.get(i, k) / inputs.rows();
        for (int j = 0; j < width; j++) {
          gradient[k * width + j] += weight * (j < shape.size() ? inputs.get(i, j) : 1);
        }
      }
    }
    return Batch.of(gradient);
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    Batch gradient = parameterGradient(inputs, loss);
    double mean = 0;
    Batch losses = loss.values(logits(inputs));
    for (int i = 0; i < inputs.rows(); i++) {
      mean += losses.get(i, 0) / inputs.rows();
    }
    setParameters(parameters().minus(gradient));
    return mean;
  }

  @Override
  public Batch parameters() {
    return Batch.of(parameters);
  }

  @Override
  public void setParameters(Batch values) {
    parameters = values.row(0);
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
    return shape;
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
