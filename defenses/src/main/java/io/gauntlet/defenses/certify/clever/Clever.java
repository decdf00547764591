package io.gauntlet.defenses.certify.clever;

import io.gauntlet.evaluate.Workers;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * CLEVER: guesses from sampled gradients how far the nearest input with another answer is at least.
 * A guess that may be too large, never a certificate.
 *
 * <p>Follows Weng, Zhang, Chen, Yi, Su, Gao, Hsieh, Daniel: <a
 * href="https://arxiv.org/abs/1801.10578">Evaluating the Robustness of Neural Networks: An Extreme
 * Value Theory Approach</a>, ICLR 2018, algorithms 1 and 2: the largest dual norm of the margin's
 * gradient in each of many batches of points, drawn uniformly from a ball; the location of a
 * reverse Weibull distribution that is fitted to these maxima by maximum likelihood; {@code
 * min(margin / location, radius)}. Differs from it in three ways. Points outside of the model's
 * domain are moved to its border. All rival classes share the same points. Where there is no
 * location (the likelihood grows on and on with it, or the maxima fail Kolmogorov and Smirnov's
 * test at 0.001, as the few different ones of a small ReLU net do) the largest slope stands for it,
 * as in the authors' code.
 *
 * <p>It sees slopes, and only where it looks. A model that hides them gets a large score however
 * near its adversarial inputs are (Goodfellow: <a href="https://arxiv.org/abs/1804.07870">Gradient
 * Masking Causes CLEVER to Overestimate Adversarial Perturbation Size</a>, 2018). Of a defended
 * model ask the {@link io.gauntlet.model.DefendedModel#adaptive} view, and attack it too.
 *
 * <p>Takes {@code batches * samples} forward passes for each example and as many backward passes
 * for each rival. Points depend on the seed and the example's position alone.
 *
 * @param norm L1, L2 or Linf
 * @param radius of the ball, in the norm and input units; positive. No score is larger
 * @param batches whose maxima the distribution is fitted to; at least 2
 * @param samples points in each batch; at least 1
 */
public record Clever(Norm norm, float radius, int batches, int samples) {
  /** Checks the numbers. */
  public Clever {
    dual(norm);
    Check.positive(radius, "radius");
    Check.atLeast(2, batches, "batches");
    Check.atLeast(1, samples, "samples");
  }

  /** The paper's numbers: 500 batches of 1024 points. Its radius is 5 under L2. */
  public static Clever standard(Norm norm, float radius) {
    return new Clever(norm, radius, 500, 1024);
  }

  /** The same with another number of batches. */
  public Clever withBatches(int newBatches) {
    return new Clever(norm, radius, newBatches, samples);
  }

  /** The same with another number of points in each batch. */
  public Clever withSamples(int newSamples) {
    return new Clever(norm, radius, batches, newSamples);
  }

  /**
   * How far each input keeps its answer against every other class; in as many threads as the model
   * likes.
   *
   * @param inputs shape (rows, features), in the model's domain; labels are not needed, what the
   *     model answers is what may be lost
   * @return one for each row, in their order
   * @throws IllegalArgumentException if an input leaves the model's domain
   * @throws io.gauntlet.model.ModelException if a score or gradient is not finite
   * @throws io.gauntlet.evaluate.EvaluationCancelledException if the calling thread is interrupted
   */
  public List<CleverEstimate> estimate(DifferentiableModel model, Batch inputs, Seed seed) {
    return estimate(
        model,
        inputs,
        seed,
        (answer, example) ->
            IntStream.range(0, model.classes()).filter(label -> label != answer).toArray());
  }

  /**
   * The same against one class for each input.
   *
   * @param targets class for each example, none of them what the model answers
   * @throws IllegalArgumentException if one is
   */
  public List<CleverEstimate> estimate(
      DifferentiableModel model, Batch inputs, Labels targets, Seed seed) {
    targets.check(model.classes());
    return estimate(
        model,
        inputs,
        seed,
        (answer, example) -> new int[] {checkTarget(targets.classOf(example), answer, example)});
  }

  private static int checkTarget(int target, int answer, long example) {
    if (target != answer) {
      return target;
    }
    throw new IllegalArgumentException(
        "a target must be another class than the model's answer, but example %s is answered %s already"
            .formatted(example, target));
  }

  /** The classes that may take an example away from its answer. */
  private interface Rivals {
    int[] of(int answer, long example);
  }

  private List<CleverEstimate> estimate(
      DifferentiableModel model, Batch inputs, Seed seed, Rivals rivals) {
    Batch logits = inputs.answeredBy(model.logits(model.domain().check(inputs)));
    List<Slopes> all = new ArrayList<>();
    List<Workers.Task<Slopes>> tasks = new ArrayList<>();
    for (int row = 0; row < inputs.rows(); row++) {
      int[] against = rivals.of(logits.argmax(row), inputs.example(row));
      Slopes slopes =
          new Slopes(this, model, inputs.select(row), logits.select(row), against, seed);
      all.add(slopes);
      for (int batch = 0; batch < batches; batch++) {
        int number = batch;
        tasks.add(() -> slopes.measure(number));
      }
    }
    try (Workers workers = new Workers(model.concurrency().workers())) {
      workers.run(tasks, done -> {});
    }
    return all.stream().map(Slopes::estimate).toList();
  }

  ThreatModel ball() {
    return new ThreatModel(norm, radius);
  }

  /** The largest slope of a linear function along a step of length 1 in the norm. */
  static Norm dual(Norm norm) {
    if (norm.equals(Norm.l1())) {
      return Norm.linf();
    }
    if (norm.equals(Norm.l2())) {
      return Norm.l2();
    }
    if (norm.equals(Norm.linf())) {
      return Norm.l1();
    }
    throw new IllegalArgumentException("norm must be L1, L2 or Linf, but was " + norm);
  }
}
