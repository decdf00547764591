package io.gauntlet.defenses.repair;

import io.gauntlet.defenses.backdoor.PlantedTrojan;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.FeatureModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * The network of {@link PlantedTrojan} with a last layer that learns by plain gradient descent; its
 * hidden layer stays as it is.
 */
final class Readout implements ParametricModel, FeatureModel {
  private static final float LEARNING_RATE = 0.1f;
  private static final int UNITS = PlantedTrojan.CLASSES + 1;
  private static final int WEIGHTS = PlantedTrojan.CLASSES * UNITS;

  private final boolean biasesFirst;
  private Batch parameters;

  private Readout(boolean biasesFirst, Batch parameters) {
    this.biasesFirst = biasesFirst;
    this.parameters = parameters;
  }

  /** The network with a trojan of this strength wired in. */
  static Readout trojan(float strength) {
    float[] flat = new float[WEIGHTS + PlantedTrojan.CLASSES];
    PlantedTrojan.last(strength).weights().buffer().get(flat, 0, WEIGHTS);
    return new Readout(false, Batch.of(flat));
  }

  /** A last layer that knows nothing yet. */
  static Readout untrained() {
    return new Readout(false, Batch.of(new float[WEIGHTS + PlantedTrojan.CLASSES]));
  }

  /** The same function, its biases in front of its weights. */
  Readout withBiasesFirst() {
    Mlp.Dense last = last();
    float[] flat = new float[WEIGHTS + PlantedTrojan.CLASSES];
    last.bias().buffer().get(flat, 0, PlantedTrojan.CLASSES);
    last.weights().buffer().get(flat, PlantedTrojan.CLASSES, WEIGHTS);
    return new Readout(true, Batch.of(flat));
  }

  /** What the last layer makes of one hidden unit for one class. */
  float weight(int k, int unit) {
    return last().weights().get(k, unit);
  }

  private Mlp.Dense last() {
    int first = biasesFirst ? PlantedTrojan.CLASSES : 0;
    float[][] weights = new float[PlantedTrojan.CLASSES][UNITS];
    float[] bias = new float[PlantedTrojan.CLASSES];
    for (int k = 0; k < bias.length; k++) {
      for (int u = 0; u < UNITS; u++) {
        weights[k][u] = parameters.get(0, first + k * UNITS + u);
      }
      bias[k] = parameters.get(0, (biasesFirst ? 0 : WEIGHTS) + k);
    }
    return Mlp.Dense.of(weights, bias);
  }

  private Mlp net() {
    return Mlp.of(inputShape(), domain(), List.of(PlantedTrojan.hidden(), last()));
  }

  @Override
  public Shape inputShape() {
    return PlantedTrojan.SHAPE;
  }

  @Override
  public Domain domain() {
    return Domain.UNIT;
  }

  @Override
  public int classes() {
    return PlantedTrojan.CLASSES;
  }

  @Override
  public Batch logits(Batch inputs) {
    return net().logits(inputs);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return net().forward(inputs);
  }

  @Override
  public DifferentiableModel features() {
    return net().features();
  }

  @Override
  public Batch parameters() {
    return parameters;
  }

  @Override
  public void setParameters(Batch values) {
    parameters = values;
  }

  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    Batch features = features().logits(inputs);
    Batch byLogit = loss.gradient(logits(inputs)).times(1f / inputs.rows());
    float[] slope = new float[WEIGHTS + PlantedTrojan.CLASSES];
    for (int i = 0; i < inputs.rows(); i++) {
      for (int k = 0; k < PlantedTrojan.CLASSES; k++) {
        for (int u = 0; u < UNITS; u++) {
          slope[k * UNITS + u] += byLogit.get(i, k) * features.get(i, u);
        }
        slope[WEIGHTS + k] += byLogit.get(i, k);
      }
    }
    return Batch.of(slope);
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    Batch before = loss.values(logits(inputs));
    parameters = parameters.minus(parameterGradient(inputs, loss).times(LEARNING_RATE));
    double sum = 0;
    for (int i = 0; i < before.rows(); i++) {
      sum += before.get(i, 0);
    }
    return sum / before.rows();
  }
}
