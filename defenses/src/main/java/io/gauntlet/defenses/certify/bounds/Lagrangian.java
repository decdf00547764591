package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.model.Layer;
import io.gauntlet.model.ReluNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The best lower bound of one linear form in the logits over a region and some splits: ascent over
 * the slopes of the lines below (alpha-CROWN, Xu et al.: <a
 * href="https://arxiv.org/abs/2011.13824">Fast and Complete</a>, ICLR 2021) and over the
 * multipliers of the splits (beta-CROWN, Wang et al.: <a
 * href="https://arxiv.org/abs/2103.06624">NeurIPS 2021</a>). Whatever they are, the bound holds.
 *
 * <p>The bound is least at some input. Where the form goes through the network linearised there,
 * what enters each ReLU is the derivative by its multiplier, and times the coefficient that by its
 * slope: one pass back and one forth for each step. Steps are Adam's.
 */
final class Lagrangian {
  private static final double MOST_RECENT = 3; // the later a minimiser, the more it counts
  private static final double FIRST = 0.9;
  private static final double SECOND = 0.999;

  private final Weighed network;
  private final Backward start;
  private final double[] form;
  private final List<Optional<Unknowns>> unknowns = new ArrayList<>();

  /**
   * A lower bound, an input where the form is nearly that small if the bound is tight, and which
   * ReLU to split next, if any.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record Bound(double least, float[] minimiser, Optional<Splits.Split> widest) {}

  /** Slopes and multipliers of one layer of ReLUs. */
  private static final class Unknowns {
    private final Relaxation relaxation;
    private final double[] signs; // of the multipliers: -1 for on, 1 for off, 0 for no split
    private final double[] values; // slopes, then sizes of multipliers
    private final double[] first;
    private final double[] second;
    private double[] coefficients;

    Unknowns(Relaxation relaxation, double[] signs) {
      this.relaxation = relaxation;
      this.signs = signs;
      int size = signs.length;
      values = new double[2 * size];
      first = new double[2 * size];
      second = new double[2 * size];
      coefficients = new double[size];
      for (int j = 0; j < size; j++) {
        values[j] = relaxation.lowerSlope(j);
      }
    }

    Relaxation current() {
      int size = signs.length;
      double[] slopes = Arrays.copyOf(values, size);
      double[] multipliers = new double[size];
      for (int j = 0; j < size; j++) {
        multipliers[j] = signs[j] * values[size + j];
      }
      return relaxation.with(slopes, multipliers);
    }

    double[] line(double[] entering) {
      Relaxation now = current();
      double[] leaving = new double[entering.length];
      for (int j = 0; j < leaving.length; j++) {
        leaving[j] = now.at(j, entering[j], coefficients[j]);
      }
      return leaving;
    }

    void ascend(double[] entering, double rate, int step) {
      int size = signs.length;
      for (int j = 0; j < size; j++) {
        if (relaxation.isUnstable(j)) {
          double value = move(j, Math.max(coefficients[j], 0) * entering[j], rate, step);
          values[j] = Math.min(1, Math.max(0, value));
        }
        if (signs[j] != 0) {
          double value = move(size + j, signs[j] * entering[j], rate, step);
          values[size + j] = Math.max(0, value);
        }
      }
    }

    private double move(int i, double slope, double rate, int step) {
      first[i] = FIRST * first[i] + (1 - FIRST) * slope;
      second[i] = SECOND * second[i] + (1 - SECOND) * slope * slope;
      double mean = first[i] / (1 - Math.pow(FIRST, step));
      double deviation = Math.sqrt(second[i] / (1 - Math.pow(SECOND, step)));
      return values[i] + (deviation > 0 ? rate * mean / deviation : 0);
    }
  }

  Lagrangian(Backward start, Splits splits, double[] form) {
    network = start.network();
    this.start = start;
    this.form = form;
    for (int k = 0; k < network.steps(); k++) {
      Relaxation relaxation = start.relaxations().get(k);
      unknowns.add(
          Optional.ofNullable(relaxation).map(r -> new Unknowns(r, new double[r.box().size()])));
    }
    for (Splits.Split split : splits.splits()) {
      unknowns.get(split.step()).orElseThrow().signs[split.feature()] = split.on() ? -1 : 1;
    }
  }

  /**
   * The best of so many steps, or the first that is enough.
   *
   * @param rate of the first step
   * @param decay of the rate from step to step
   */
  Bound ascend(int steps, double rate, double decay, double enough) {
    Bound current = bound();
    Bound best = current;
    float[] mean = current.minimiser(); // what the minimisers of an ascent come to on average
    for (int step = 1; step <= steps && best.least() <= enough; step++) {
      climb(current.minimiser(), rate * Math.pow(decay, step - 1), step);
      current = bound();
      best = current.least() > best.least() ? current : best;
      mean = start.region().between(mean, current.minimiser(), MOST_RECENT / (MOST_RECENT + step));
    }
    return new Bound(best.least(), mean, best.widest());
  }

  @SuppressWarnings("NullAway") // it loses the annotations of array elements across modules
  private Bound bound() {
    List<@Nullable Relaxation> relaxations = new ArrayList<>();
    unknowns.forEach(layer -> relaxations.add(layer.map(Unknowns::current).orElse(null)));
    Backward backward = new Backward(network, start.region(), start.boxes(), relaxations);
    double[] @Nullable [] forms = new double[form.length][];
    for (int c = 0; c < form.length; c++) {
      forms[c] = new double[] {form[c]};
    }
    Sums sums = new Sums(1);
    double[] @Nullable [] inInput =
        network
            .network()
            .pullBack(
                network.steps(),
                forms,
                (k, layer, after) -> {
                  unknowns.get(k).ifPresent(known -> known.coefficients = only(after));
                  backward.pass(k, layer, after, sums);
                });
    float[] minimiser = start.region().minimiser(inInput, 0);
    start.region().addLeasts(inInput, sums);
    return new Bound(sums.lower()[0], minimiser, widest(relaxations));
  }

  /** The coefficients of the one form. */
  private static double[] only(double[] @Nullable [] forms) {
    double[] only = new double[forms.length];
    for (int j = 0; j < only.length; j++) {
      double[] row = forms[j];
      only[j] = row == null ? 0 : row[0];
    }
    return only;
  }

  /** The ReLU whose two lines may cost the bound most. */
  private Optional<Splits.Split> widest(List<@Nullable Relaxation> relaxations) {
    Optional<Splits.Split> widest = Optional.empty();
    double most = -1;
    for (int k = 0; k < network.steps(); k++) {
      Relaxation relaxation = relaxations.get(k);
      Optional<Unknowns> layer = unknowns.get(k);
      if (relaxation == null || layer.isEmpty()) {
        continue;
      }
      for (int j = 0; j < relaxation.box().size(); j++) {
        double coefficient = layer.get().coefficients[j];
        double cost =
            relaxation.isUnstable(j) ? Math.abs(coefficient) * relaxation.gap(j, coefficient) : -1;
        if (cost > most) {
          most = cost;
          widest = Optional.of(new Splits.Split(k, j, true));
        }
      }
    }
    return widest;
  }

  private void climb(float[] minimiser, double rate, int step) {
    double[][] values = linearised(minimiser);
    for (int k = 0; k < network.steps(); k++) {
      double[] entering = values[network.step(k).input()];
      unknowns.get(k).ifPresent(layer -> layer.ascend(entering, rate, step));
    }
  }

  /** Every value where ReLUs are replaced by the lines that the bound used. */
  private double[][] linearised(float[] input) {
    double[][] values = new double[network.steps() + 1][];
    values[0] = new double[input.length];
    for (int j = 0; j < input.length; j++) {
      values[0][j] = input[j];
    }
    for (int k = 0; k < network.steps(); k++) {
      ReluNetwork.Step step = network.step(k);
      double[] x = values[step.input()];
      if (step.layer() instanceof Layer.Linear linear) {
        values[k + 1] = linear.apply(x);
      } else if (step.layer() instanceof Layer.Relu) {
        values[k + 1] = unknowns.get(k).orElseThrow().line(x);
      } else {
        double[] sum = x.clone();
        double[] other = values[step.inputs().get(1)];
        for (int j = 0; j < sum.length; j++) {
          sum[j] += other[j];
        }
        values[k + 1] = sum;
      }
    }
    return values;
  }
}
