package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The search for the smallest trigger of one class. Mask and pattern are hyperbolic tangents of
 * free variables, so that they keep their ranges.
 */
final class TriggerSearch {
  private static final float EDGE =
      5; // of free variables: further out a slope is too flat to leave

  private final NeuralCleanse settings;
  private final DifferentiableModel model;
  private final Batch clean;
  private final int target;
  private final Seed seed;
  private final Shape shape;
  private final int pixels;
  private final LogitLoss loss;
  private final float[] mask;
  private final float[] pattern;
  private final Adam maskAdam;
  private final Adam patternAdam;

  TriggerSearch(
      NeuralCleanse settings, DifferentiableModel model, Batch clean, int target, Seed seed) {
    this.settings = settings;
    this.model = model;
    this.clean = clean;
    this.target = target;
    this.seed = seed;
    shape = model.inputShape();
    pixels = shape.size() / ReconstructedTrigger.channels(shape);
    int[] targets = new int[clean.rows()];
    Arrays.fill(targets, target);
    loss = new CrossEntropy(Labels.of(clean, targets));
    RandomGenerator random = seed.forExample(0);
    mask = start(pixels, random);
    pattern = start(shape.size(), random);
    maskAdam = new Adam(settings.learningRate(), mask.length);
    patternAdam = new Adam(settings.learningRate(), pattern.length);
  }

  /** Free variables of values that are uniform in (0, 1). */
  private static float[] start(int count, RandomGenerator random) {
    float[] free = new float[count];
    for (int j = 0; j < count; j++) {
      double value = random.nextDouble();
      free[j] = inside((float) (Math.log(value / (1 - value)) / 2)); // artanh(2 value - 1)
    }
    return free;
  }

  private static float inside(float free) {
    return Math.min(EDGE, Math.max(-EDGE, free));
  }

  private static float value(float free) {
    return (float) (Math.tanh(free) / 2 + 0.5);
  }

  ReconstructedTrigger run() {
    MaskCost cost = new MaskCost(settings);
    ReconstructedTrigger best = null;
    int sinceBest = 0;
    for (int step = 0; step < settings.steps(); step++) {
      double success = pass(step, cost.value());
      ReconstructedTrigger smaller = success >= settings.attackSuccess() ? smallerThan(best) : null;
      sinceBest = smaller == null ? sinceBest + 1 : 0;
      best = smaller == null ? best : smaller;
      if (best != null && cost.hasTurned() && sinceBest >= settings.earlyStopPatience()) {
        break;
      }
      cost.adjust(success >= settings.attackSuccess());
    }
    return best == null ? current() : best;
  }

  /** One pass over the inputs; the share that went to the target meanwhile. */
  private double pass(int step, float cost) {
    int[] order = seed.derive(step).permutation(clean.rows());
    int sent = 0;
    for (int from = 0; from < order.length; from += settings.batch()) {
      int to = Math.min(order.length, from + settings.batch());
      sent += descend(clean.select(Arrays.copyOfRange(order, from, to)), cost);
    }
    return (double) sent / order.length;
  }

  /** One step of Adam down the cross-entropy and the price of the mask. */
  private int descend(Batch inputs, float cost) {
    float[] m = values(mask);
    float[] p = patternValues();
    Gradient gradient = model.gradient(stamped(inputs, m, p), loss);
    float[] byMask = new float[mask.length];
    float[] byPattern = new float[pattern.length];
    for (int i = 0; i < inputs.rows(); i++) {
      for (int j = 0; j < p.length; j++) {
        float slope = gradient.byInput().get(i, j) / inputs.rows();
        byMask[j % pixels] += slope * (p[j] - inputs.get(i, j));
        byPattern[j] += slope * m[j % pixels];
      }
    }
    for (int j = 0; j < byMask.length; j++) {
      byMask[j] = (byMask[j] + cost) * slope(m[j]);
    }
    Domain domain = model.domain();
    for (int j = 0; j < byPattern.length; j++) {
      byPattern[j] *= slope(value(pattern[j])) * (domain.upper(j) - domain.lower(j));
    }
    descend(maskAdam, mask, byMask);
    descend(patternAdam, pattern, byPattern);
    return sentToTarget(gradient.logits());
  }

  private static void descend(Adam adam, float[] free, float[] slope) {
    adam.descend(free, slope);
    for (int j = 0; j < free.length; j++) {
      free[j] = inside(free[j]);
    }
  }

  /** Derivative of a value by its free variable. */
  private static float slope(float value) {
    return 2 * value * (1 - value);
  }

  private Batch stamped(Batch inputs, float[] m, float[] p) {
    return inputs.editRows(
        (row, x) -> {
          for (int j = 0; j < x.length; j++) {
            x[j] += m[j % pixels] * (p[j] - x[j]);
          }
        });
  }

  private int sentToTarget(Batch logits) {
    return logits.rowsWhere(row -> logits.argmax(row) == target).length;
  }

  /** Today's trigger, if it is smaller than the best so far and does work. */
  private @Nullable ReconstructedTrigger smallerThan(@Nullable ReconstructedTrigger best) {
    ReconstructedTrigger now = unmeasured(0);
    if (best != null && now.size() >= best.size()) {
      return null;
    }
    now = current();
    return now.success() >= settings.attackSuccess() ? now : null;
  }

  private ReconstructedTrigger current() {
    Batch inputs = unmeasured(0).stamp(clean);
    int sent = 0;
    for (int from = 0; from < inputs.rows(); from += settings.batch()) {
      Batch part = inputs.slice(from, Math.min(inputs.rows(), from + settings.batch()));
      sent += sentToTarget(part.answeredBy(model.logits(part)));
    }
    return unmeasured((double) sent / inputs.rows());
  }

  private ReconstructedTrigger unmeasured(double success) {
    float[] m = values(mask);
    float[] everyFeature = new float[shape.size()];
    for (int j = 0; j < everyFeature.length; j++) {
      everyFeature[j] = m[j % pixels];
    }
    return new ReconstructedTrigger(
        target, shape, Batch.of(everyFeature), Batch.of(patternValues()), success);
  }

  private static float[] values(float[] free) {
    float[] values = new float[free.length];
    for (int j = 0; j < values.length; j++) {
      values[j] = value(free[j]);
    }
    return values;
  }

  private float[] patternValues() {
    Domain domain = model.domain();
    float[] values = values(pattern);
    for (int j = 0; j < values.length; j++) {
      float width = domain.upper(j) - domain.lower(j);
      values[j] = domain.clip(j, domain.lower(j) + width * values[j]);
    }
    return values;
  }
}
