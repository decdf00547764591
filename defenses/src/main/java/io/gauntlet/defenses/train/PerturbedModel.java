package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Model;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * The model it is made of, but for its training steps: they are taken at the worst weights nearby.
 */
final class PerturbedModel implements ParametricModel, FrontModel {
  private final ParametricModel model;
  private final float gamma;

  PerturbedModel(ParametricModel model, float gamma) {
    this.model = model;
    this.gamma = gamma;
  }

  /** One step at the perturbed weights, from which the perturbation is then taken away again. */
  @Override
  public double train(Batch inputs, LogitLoss loss) {
    Batch weights = model.parameters();
    Batch worst = weights.plus(perturbation(weights, model.parameterGradient(inputs, loss)));
    Batch shift = worst.minus(weights);
    model.setParameters(worst);
    try {
      return model.train(inputs, loss);
    } finally {
      model.setParameters(model.parameters().minus(shift));
    }
  }

  private Batch perturbation(Batch weights, Batch gradient) {
    List<Shape> shapes = model.parameterShapes();
    boolean toldApart = shapes.stream().anyMatch(shape -> shape.rank() > 1);
    float[] perturbation = new float[weights.width()];
    int from = 0;
    for (Shape shape : shapes) {
      int to = from + shape.size();
      double slope = length(gradient, from, to);
      if ((shape.rank() > 1 || !toldApart) && slope > 0) {
        double scale = gamma * length(weights, from, to) / slope;
        for (int j = from; j < to; j++) {
          perturbation[j] = (float) (scale * gradient.get(0, j));
        }
      }
      from = to;
    }
    return Batch.of(perturbation);
  }

  private static double length(Batch row, int from, int to) {
    double squares = 0;
    for (int j = from; j < to; j++) {
      squares += (double) row.get(0, j) * row.get(0, j);
    }
    return Math.sqrt(squares);
  }

  @Override
  public Batch parameters() {
    return model.parameters();
  }

  @Override
  public List<Shape> parameterShapes() {
    return model.parameterShapes();
  }

  @Override
  public void setParameters(Batch values) {
    model.setParameters(values);
  }

  @Override
  public Batch parameterGradient(Batch inputs, LogitLoss loss) {
    return model.parameterGradient(inputs, loss);
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return model.forward(inputs);
  }

  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    return model.gradient(inputs, loss);
  }

  @Override
  public Batch logits(Batch inputs) {
    return model.logits(inputs);
  }

  @Override
  public Model behind() {
    return model;
  }

  @Override
  public String fingerprint() {
    return model.fingerprint();
  }
}
