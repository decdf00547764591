package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The smoothed classifier as an attacker sees it who knows the defense: the logarithm of the mean
 * softmax over noisy copies, with its exact gradient.
 *
 * <p>Follows Salman, Yang, Li, Zhang, Zhang, Razenshteyn, Bubeck: <a
 * href="https://arxiv.org/abs/1906.04584">Provably Robust Deep Learning via Adversarially Trained
 * Smoothed Classifiers</a>, NeurIPS 2019 (SmoothADV). As there, an example keeps its noise from
 * step to step; it depends on the seed and the example's position.
 *
 * <p>The vote itself has no gradient, so this is a model beside it and not the same one: what an
 * attack finds here is judged by {@link RandomizedSmoothing#predict} or {@link
 * RandomizedSmoothing#certify}. One pass takes {@code draws} copies of every input through the base
 * at once and keeps them, which is the memory of a batch that much larger.
 */
public final class SoftSmoothedModel implements DifferentiableModel, FrontModel {
  private final DifferentiableModel base;
  private final Noise noise;
  private final int draws;
  private final Seed seed;

  private SoftSmoothedModel(DifferentiableModel base, Noise noise, int draws, Seed seed) {
    this.base = base;
    this.noise = noise;
    this.draws = draws;
    this.seed = seed;
  }

  /**
   * The mean over {@code draws} noisy copies.
   *
   * @param draws copies of each input; at least 1; the paper trains with 1 to 8
   */
  public static SoftSmoothedModel of(DifferentiableModel base, Noise noise, int draws, Seed seed) {
    Check.atLeast(1, draws, "draws");
    return new SoftSmoothedModel(base, noise, draws, seed);
  }

  @Override
  public Model behind() {
    return base;
  }

  @Override
  public Concurrency concurrency() {
    return base.concurrency().withCopies(draws);
  }

  @Override
  public String fingerprint() {
    return "%s softly smoothed by %s, %s draws, %s"
        .formatted(base.fingerprint(), noise, draws, seed);
  }

  @Override
  public Batch logits(Batch inputs) {
    Batch copies = copies(inputs);
    return logMeans(inputs, logSoftmax(copies.answeredBy(base.logits(copies))));
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    return new Pass(inputs, base.forward(copies(inputs)));
  }

  /** Copy {@code j} of row {@code i} is row {@code i * draws + j}. */
  private Batch copies(Batch inputs) {
    List<Batch> copies = new ArrayList<>();
    for (int i = 0; i < inputs.rows(); i++) {
      RandomGenerator random = seed.forExample(inputs.example(i));
      copies.add(Votes.noisyCopies(noise, inputs.select(i), draws, random));
    }
    return copies.isEmpty() ? inputs : Batch.concat(copies);
  }

  private static Batch logSoftmax(Batch logits) {
    return logits.editRows(
        (i, z) -> {
          double max = logits.get(i, logits.argmax(i));
          double sum = 0;
          for (float score : z) {
            sum += Math.exp(score - max);
          }
          double logSum = max + Math.log(sum);
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) (z[k] - logSum);
          }
        });
  }

  /** {@code log mean_j softmax_jk}, without leaving the logarithms. */
  private Batch logMeans(Batch inputs, Batch logSoftmax) {
    int classes = classes();
    float[] means = new float[inputs.rows() * classes];
    for (int i = 0; i < inputs.rows(); i++) {
      for (int k = 0; k < classes; k++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < draws; j++) {
          max = Math.max(max, logSoftmax.get(i * draws + j, k));
        }
        double sum = 0;
        for (int j = 0; j < draws; j++) {
          sum += Math.exp(logSoftmax.get(i * draws + j, k) - max);
        }
        means[i * classes + k] = (float) (max + Math.log(sum / draws));
      }
    }
    return inputs.withValues(classes, means);
  }

  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final ForwardPass ofCopies;
    private final Batch logSoftmax;
    private final Batch logits;

    Pass(Batch inputs, ForwardPass ofCopies) {
      this.inputs = inputs;
      this.ofCopies = ofCopies;
      logSoftmax = logSoftmax(ofCopies.logits());
      logits = logMeans(inputs, logSoftmax);
    }

    @Override
    public Batch logits() {
      return logits;
    }

    /**
     * With {@code r_jk = softmax_jk / mean_k}, the part of copy j in class k, and weights w: copy
     * j's logit c weighs {@code (w_c r_jc - softmax_jc sum_k w_k r_jk) / draws}.
     */
    @Override
    public Batch backward(Batch byLogit) {
      Batch byCopy =
          logSoftmax.editRows(
              (copy, z) -> {
                int row = copy / draws;
                double[] weighted = new double[z.length];
                double sum = 0;
                for (int k = 0; k < z.length; k++) {
                  weighted[k] = byLogit.get(row, k) * Math.exp(z[k] - logits.get(row, k));
                  sum += weighted[k];
                }
                for (int k = 0; k < z.length; k++) {
                  z[k] = (float) ((weighted[k] - Math.exp(z[k]) * sum) / draws);
                }
              });
      return summed(ofCopies.backward(byCopy));
    }

    private Batch summed(Batch byCopy) {
      int width = inputs.width();
      float[] byInput = new float[inputs.rows() * width];
      for (int copy = 0; copy < byCopy.rows(); copy++) {
        for (int j = 0; j < width; j++) {
          byInput[copy / draws * width + j] += byCopy.get(copy, j);
        }
      }
      return inputs.withValues(width, byInput);
    }

    @Override
    public void close() {
      ofCopies.close();
    }
  }
}
