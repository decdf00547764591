package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** A network of one hidden ReLU layer that learns by gradient descent with momentum. */
final class TrainableNet implements TrainableModel {
  private static final float RATE = 0.1f;
  private static final float MOMENTUM = 0.9f;

  private final Shape shape;
  private final Domain domain;
  private final float rate;
  private final float[][] first;
  private final float[][] second; // the last column of either is the bias
  private final float[][] firstSpeed;
  private final float[][] secondSpeed;

  TrainableNet(Shape shape, Domain domain, int hidden, int classes, Seed seed) {
    this(shape, domain, hidden, classes, RATE, seed);
  }

  TrainableNet(Shape shape, Domain domain, int hidden, int classes, float rate, Seed seed) {
    this.shape = shape;
    this.domain = domain;
    this.rate = rate;
    RandomGenerator random = seed.forExample(0);
    first = layer(hidden, shape.size(), random);
    second = layer(classes, hidden, random);
    firstSpeed = new float[hidden][shape.size() + 1];
    secondSpeed = new float[classes][hidden + 1];
  }

  private static float[][] layer(int outputs, int inputs, RandomGenerator random) {
    float[][] layer = new float[outputs][inputs + 1];
    for (float[] row : layer) {
      for (int i = 0; i < inputs; i++) {
        row[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / inputs));
      }
    }
    return layer;
  }

  private Mlp net() {
    return Mlp.of(shape, domain, List.of(dense(first), dense(second)));
  }

  private static Mlp.Dense dense(float[][] layer) {
    float[][] weights = new float[layer.length][];
    float[] bias = new float[layer.length];
    for (int o = 0; o < layer.length; o++) {
      weights[o] = Arrays.copyOf(layer[o], layer[o].length - 1);
      bias[o] = layer[o][layer[o].length - 1];
    }
    return Mlp.Dense.of(weights, bias);
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    float[][] hidden = new float[inputs.rows()][];
    float[] logits = new float[inputs.rows() * second.length];
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = applied(first, inputs.row(i));
      for (int h = 0; h < hidden[i].length; h++) {
        hidden[i][h] = Math.max(0, hidden[i][h]);
      }
      System.arraycopy(applied(second, hidden[i]), 0, logits, i * second.length, second.length);
    }
    Batch answers = inputs.withValues(second.length, logits);
    Batch slopes = loss.gradient(answers);
    Batch losses = loss.values(answers);
    float[][] byFirst = new float[first.length][first[0].length];
    float[][] bySecond = new float[second.length][second[0].length];
    double mean = 0;
    for (int i = 0; i < hidden.length; i++) {
      mean += losses.get(i, 0) / hidden.length;
      float[] byHidden = new float[first.length];
      for (int k = 0; k < second.length; k++) {
        for (int h = 0; h < byHidden.length; h++) {
          byHidden[h] += hidden[i][h] > 0 ? slopes.get(i, k) * second[k][h] : 0;
        }
        accumulate(bySecond[k], slopes.get(i, k) / hidden.length, hidden[i]);
      }
      for (int h = 0; h < byHidden.length; h++) {
        accumulate(byFirst[h], byHidden[h] / hidden.length, inputs.row(i));
      }
    }
    step(first, firstSpeed, byFirst);
    step(second, secondSpeed, bySecond);
    return mean;
  }

  private static float[] applied(float[][] layer, float[] x) {
    float[] y = new float[layer.length];
    for (int o = 0; o < y.length; o++) {
      y[o] = layer[o][x.length];
      for (int i = 0; i < x.length; i++) {
        y[o] += layer[o][i] * x[i];
      }
    }
    return y;
  }

  private static void accumulate(float[] gradient, float slope, float[] x) {
    if (slope != 0) {
      for (int i = 0; i < x.length; i++) {
        gradient[i] += slope * x[i];
      }
      gradient[x.length] += slope;
    }
  }

  private void step(float[][] layer, float[][] speed, float[][] gradient) {
    for (int o = 0; o < layer.length; o++) {
      for (int i = 0; i < layer[o].length; i++) {
        speed[o][i] = MOMENTUM * speed[o][i] - rate * gradient[o][i];
        layer[o][i] += speed[o][i];
      }
    }
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
    return second.length;
  }

  @Override
  public Batch logits(Batch inputs) {
    return net().logits(inputs);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return net().forward(inputs);
  }
}
