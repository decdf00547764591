package io.gauntlet.attacks.poisoning;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds points to the training set of a linear support vector machine that make it err as much as
 * they can, on everything.
 *
 * <p>Follows Biggio, Nelson, Laskov: <a href="https://arxiv.org/abs/1206.6389">Poisoning Attacks
 * against Support Vector Machines</a>, ICML 2012: one point after the other begins as a random
 * example under the wrong label and climbs the loss on validation data, through the retrained
 * machine. Differs from it in the hinge, which is squared, as in scikit-learn's {@code LinearSVC},
 * so that the derivative through the training is exact and no step has to be small enough to keep
 * the support vectors; and in the step, which is measured in shares of each feature's range and
 * halved where the loss falls.
 *
 * <p>Each step trains the machine anew from where it was: some 10 n d<sup>2</sup> operations for n
 * examples of d features.
 *
 * @param regularisation weight of half the squared weights, bias included, beside the mean loss;
 *     positive
 * @param step first length of a step, the domain being a cube of edge 1; finite, positive
 * @param steps for each point; at least 1
 */
public record LinearAvailability(double regularisation, float step, int steps)
    implements Poisoning {
  /** Checks the hyperparameters. */
  public LinearAvailability {
    Check.positive((float) regularisation, "regularisation");
    Check.positive(step, "step");
    Check.atLeast(1, steps, "steps");
  }

  /** Twenty steps of a tenth of the cube at first; regularisation 0.01. */
  public static LinearAvailability standard() {
    return new LinearAvailability(0.01, 0.1f, 20);
  }

  /** The same against another regularisation. */
  public LinearAvailability withRegularisation(double newRegularisation) {
    return new LinearAvailability(newRegularisation, step, steps);
  }

  /** The same with another first step. */
  public LinearAvailability withStep(float newStep) {
    return new LinearAvailability(regularisation, newStep, steps);
  }

  /** The same with another number of steps for each point. */
  public LinearAvailability withSteps(int newSteps) {
    return new LinearAvailability(regularisation, step, newSteps);
  }

  /**
   * Adds poisons at the end of the training set.
   *
   * @param training examples of classes 0 and 1
   * @param validation of the same classes, on which the victim is to err
   * @param domain legal values, with finite ranges
   * @param count poisons; at least 1
   * @throws IllegalArgumentException if there is another class, no example, or an illegal value
   */
  public Poisoned<Examples> poison(
      Examples training, Examples validation, Domain domain, int count, Seed seed) {
    Check.atLeast(1, count, "number of poisons");
    Check.atLeast(1, training.count(), "number of training examples");
    Check.atLeast(1, validation.count(), "number of validation examples");
    domain.check(training.inputs());
    TwoClasses judged = TwoClasses.of(validation);
    TwoClasses sample = TwoClasses.of(training);
    double[] weights =
        LinearSvm.train(sample, regularisation, new double[training.inputs().width() + 1])
            .weights();
    List<Batch> inputs = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<Integer> originals = new ArrayList<>();
    for (int poison = 0; poison < count; poison++) {
      int base = seed.forExample(poison).nextInt(training.count());
      int original = training.labels().atRow(base);
      int sign = original == 0 ? 1 : -1;
      Climb climb = new Climb(sample, judged, domain, sign, weights);
      float[] worst = climb.from(training.inputs().row(base));
      inputs.add(Batch.of(worst));
      labels.add(1 - original);
      originals.add(original);
      sample = sample.with(TwoClasses.point(worst), sign);
      weights = LinearSvm.train(sample, regularisation, weights).weights();
    }
    return Planting.added(training, Batch.concat(inputs), labels, originals, this, seed);
  }

  /** The victim, trained on some examples: the machine's decision as a model of two classes. */
  public Mlp victim(Examples training, Domain domain) {
    TwoClasses sample = TwoClasses.of(training);
    double[] zero = new double[training.inputs().width() + 1];
    return LinearSvm.train(sample, regularisation, zero).model(domain);
  }

  /** The way of one point up the validation loss. */
  private final class Climb {
    private final TwoClasses sample;
    private final TwoClasses judged;
    private final Domain domain;
    private final int sign;
    private final double[] start;

    Climb(TwoClasses sample, TwoClasses judged, Domain domain, int sign, double[] start) {
      this.sample = sample;
      this.judged = judged;
      this.domain = domain;
      this.sign = sign;
      this.start = start;
    }

    float[] from(float[] base) {
      float[] best = base;
      LinearSvm svm = trainedWith(best);
      double worst = judged.loss(svm.weights());
      float length = step;
      for (int k = 0; k < steps; k++) {
        float[] tried = climbed(best, slope(svm, best), length);
        LinearSvm there = trainedWith(tried);
        double loss = judged.loss(there.weights());
        if (loss > worst) {
          best = tried;
          svm = there;
          worst = loss;
        } else {
          length /= 2;
        }
      }
      return best;
    }

    private LinearSvm trainedWith(float[] x) {
      return LinearSvm.train(sample.with(TwoClasses.point(x), sign), regularisation, start);
    }

    private double[] slope(LinearSvm svm, float[] x) {
      double[] byWeights = judged.slope(svm.weights(), 0);
      return svm.byPoint(TwoClasses.point(x), sign, sample.count() + 1, byWeights);
    }

    private float[] climbed(float[] x, double[] slope, float length) {
      double[] inCube = slope.clone();
      for (int j = 0; j < inCube.length; j++) {
        inCube[j] *= range(j);
      }
      double norm = Math.sqrt(LinearSvm.dot(inCube, inCube));
      float[] to = x.clone();
      for (int j = 0; j < to.length && norm > 0; j++) {
        to[j] = domain.clip(j, (float) (x[j] + length * inCube[j] / norm * range(j)));
      }
      return to;
    }

    private double range(int feature) {
      return (double) domain.upper(feature) - domain.lower(feature);
    }
  }
}
