package io.gauntlet.model;

import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Whether a model is what white-box attacks take it for: it repeats itself, answers a row alone as
 * among others, and its gradients are the slopes of its scores. Engines get each of these silently
 * wrong now and then, and a robustness measured with a wrong gradient is none.
 *
 * <p>Slopes are central differences along random signs of all features, at three sizes of step of
 * which the best counts, for a wrong gradient is wrong at all of them; the median over all rows and
 * draws is judged, so that a kink here or there does no harm. Gradients whose share of error is
 * below {@code tolerance} pass.
 *
 * @param rows inputs asked about together; at least 2
 * @param draws weightings of the scores that are differentiated; at least 1
 * @param rounding allowed difference between two answers to one input, relative to the largest
 *     score or derivative of the row; positive
 * @param tolerance allowed difference between derivative and slope, relative to the length of the
 *     gradient; positive
 * @param seed what inputs, weightings and directions are drawn from
 */
public record SelfCheck(int rows, int draws, float rounding, float tolerance, Seed seed) {
  /**
   * Largest step of a difference, as a share of a feature's range; the smallest is a thousandth.
   */
  private static final double STEP = 1e-2;

  /**
   * What steps should change scores by, as a share of their size: kinks ask for less, noise for
   * more.
   */
  private static final double[] SCORE_CHANGES = {1e-2, 1e-3, 1e-4};

  private static final double FLOAT_NOISE = 2e-6;

  /** Checks. */
  public SelfCheck {
    Check.atLeast(2, rows, "rows");
    Check.atLeast(1, draws, "draws");
    Check.positive(rounding, "rounding");
    Check.positive(tolerance, "tolerance");
  }

  /** Four rows, four draws, 1e-4 of rounding, 3 % of a gradient, seed 0. */
  public static SelfCheck standard() {
    return new SelfCheck(4, 4, 1e-4f, 3e-2f, Seed.of(0));
  }

  /** More or fewer rows. */
  public SelfCheck withRows(int newRows) {
    return new SelfCheck(newRows, draws, rounding, tolerance, seed);
  }

  /** More or fewer draws. */
  public SelfCheck withDraws(int newDraws) {
    return new SelfCheck(rows, newDraws, rounding, tolerance, seed);
  }

  /** Another allowance for rounding. */
  public SelfCheck withRounding(float newRounding) {
    return new SelfCheck(rows, draws, newRounding, tolerance, seed);
  }

  /** Another tolerance for gradients. */
  public SelfCheck withTolerance(float newTolerance) {
    return new SelfCheck(rows, draws, rounding, newTolerance, seed);
  }

  /** Another seed. */
  public SelfCheck withSeed(Seed newSeed) {
    return new SelfCheck(rows, draws, rounding, tolerance, newSeed);
  }

  /** What is wrong with a model. */
  public sealed interface Fault {
    /** What was seen, in one sentence. */
    String message();

    /**
     * There are no numbers to compare.
     *
     * @param what scores or gradients
     * @param row the first row with NaN or infinity
     */
    record NotFinite(String what, int row) implements Fault {
      @Override
      public String message() {
        return "the %s must be finite, but those of row %s are not".formatted(what, row);
      }
    }

    /**
     * The same inputs got different answers.
     *
     * @param what scores or gradients
     * @param difference largest, relative to the largest value of its row
     */
    record AnswersVary(String what, double difference) implements Fault {
      @Override
      public String message() {
        return String.format(
            Locale.ROOT,
            "the %s of the same inputs must repeat, but differ by %.3g of their size",
            what,
            difference);
      }
    }

    /**
     * A row alone got another answer than among others.
     *
     * @param what scores or gradients
     * @param row the row's position
     * @param difference largest, relative to the largest value of the row
     */
    record RowsMix(String what, int row, double difference) implements Fault {
      @Override
      public String message() {
        return String.format(
            Locale.ROOT,
            "the %s of a row must not depend on the other rows, but those of row %s alone differ"
                + " by %.3g of their size",
            what,
            row,
            difference);
      }
    }

    /**
     * The derivatives are not those of the scores.
     *
     * @param difference between derivative and slope, relative to the length of the gradient: the
     *     median of all that were tried
     */
    record WrongGradient(double difference) implements Fault {
      @Override
      public String message() {
        return String.format(
            Locale.ROOT,
            "gradients must be the slopes of the scores, but differ by %.3g of their length",
            difference);
      }
    }
  }

  /**
   * The first fault found on inputs drawn from the model's domain.
   *
   * @throws ModelException if the model cannot answer
   */
  public Optional<Fault> examine(DifferentiableModel model) {
    RandomGenerator random = seed.forExample(0);
    int width = model.inputShape().size();
    Batch drawn = Batch.wrap(width, new float[Math.multiplyExact(rows, width)]);
    return examine(
        model,
        drawn.editRows(
            (i, x) -> {
              for (int j = 0; j < width; j++) {
                Range range = model.domain().range(j);
                x[j] = range.lower() + random.nextFloat() * (range.upper() - range.lower());
              }
            }));
  }

  /**
   * The first fault found on {@code inputs}, the first {@link #rows} of them at most.
   *
   * @throws IllegalArgumentException if there is no row, or one is outside the model's domain
   * @throws ModelException if the model cannot answer
   */
  public Optional<Fault> examine(DifferentiableModel model, Batch inputs) {
    Check.atLeast(1, inputs.rows(), "rows of inputs");
    model.domain().check(inputs);
    return new Examination(this, model, inputs.slice(0, Math.min(rows, inputs.rows()))).run();
  }

  /**
   * Nothing, if no fault is found on inputs drawn from the model's domain.
   *
   * @throws ModelException with the fault's message
   */
  public void require(DifferentiableModel model) {
    examine(model)
        .ifPresent(
            fault -> {
              throw new ModelException(fault.message());
            });
  }

  /** One run of the check. */
  private static final class Examination {
    private final SelfCheck check;
    private final DifferentiableModel model;
    private final Batch inputs;
    private final Batch logits;
    private final RandomGenerator random;

    Examination(SelfCheck check, DifferentiableModel model, Batch inputs) {
      this.check = check;
      this.model = model;
      this.inputs = inputs;
      logits = model.logits(inputs);
      random = check.seed.forExample(1);
    }

    Optional<Fault> run() {
      Batch weights = weights();
      Batch gradients = gradients(inputs, weights);
      return isFinite("scores", logits)
          .or(() -> isFinite("gradients", gradients))
          .or(() -> repeats(weights, gradients))
          .or(() -> standsAlone(weights, gradients))
          .or(() -> isTheSlope());
    }

    private Batch weights() {
      return logits.editRows(
          (i, w) -> {
            for (int k = 0; k < w.length; k++) {
              w[k] = (float) random.nextGaussian();
            }
          });
    }

    private Batch gradients(Batch inputs, Batch weights) {
      try (ForwardPass pass = model.forward(inputs)) {
        return pass.backward(weights);
      }
    }

    private static Optional<Fault> isFinite(String what, Batch values) {
      for (int i = 0; i < values.rows(); i++) {
        for (float value : values.row(i)) {
          if (!Float.isFinite(value)) {
            return Optional.of(new Fault.NotFinite(what, i));
          }
        }
      }
      return Optional.empty();
    }

    private Optional<Fault> repeats(Batch weights, Batch gradients) {
      for (int time = 0; time < 3; time++) { // a fault of caches shows on every second call
        double scores = largestDifference(logits, model.logits(inputs));
        if (!(scores <= check.rounding)) {
          return Optional.of(new Fault.AnswersVary("scores", scores));
        }
        double slopes = largestDifference(gradients, gradients(inputs, weights));
        if (!(slopes <= check.rounding)) {
          return Optional.of(new Fault.AnswersVary("gradients", slopes));
        }
      }
      return Optional.empty();
    }

    private Optional<Fault> standsAlone(Batch weights, Batch gradients) {
      for (int i = 0; i < inputs.rows(); i++) {
        Batch alone = inputs.select(i);
        double scores = largestDifference(logits.select(i), model.logits(alone));
        if (!(scores <= check.rounding)) {
          return Optional.of(new Fault.RowsMix("scores", i, scores));
        }
        Batch gradient = gradients(alone, weights.select(i));
        double slopes = largestDifference(gradients.select(i), gradient);
        if (!(slopes <= check.rounding)) {
          return Optional.of(new Fault.RowsMix("gradients", i, slopes));
        }
      }
      return Optional.empty();
    }

    /** Relative to the largest value of the row; NaN where there is one. */
    private static double largestDifference(Batch expected, Batch found) {
      double largest = 0;
      for (int i = 0; i < expected.rows(); i++) {
        double size = Float.MIN_NORMAL;
        double difference = 0;
        for (int k = 0; k < expected.width(); k++) {
          size = Math.max(size, Math.abs(expected.get(i, k)));
          difference = Math.max(difference, Math.abs(expected.get(i, k) - found.get(i, k)));
        }
        largest = Math.max(largest, difference / size);
      }
      return largest;
    }

    private Optional<Fault> isTheSlope() {
      double[] errors = new double[check.draws * inputs.rows()];
      for (int draw = 0; draw < check.draws; draw++) {
        Batch weights = weights();
        Batch gradients = gradients(inputs, weights);
        boolean[] signs = new boolean[inputs.rows() * inputs.width()];
        for (int j = 0; j < signs.length; j++) {
          signs[j] = random.nextBoolean();
        }
        double[] best = new double[inputs.rows()];
        Arrays.fill(best, Double.POSITIVE_INFINITY);
        for (double share : SCORE_CHANGES) {
          Batch steps = steps(weights, gradients, signs, share);
          Batch up = clipped(inputs.plus(steps));
          Batch down = clipped(inputs.minus(steps));
          Batch change = model.logits(up).minus(model.logits(down));
          for (int i = 0; i < inputs.rows(); i++) {
            double error =
                error(weights.row(i), change.row(i), gradients.row(i), up.row(i), down.row(i), i);
            best[i] = Math.min(best[i], error);
          }
        }
        System.arraycopy(best, 0, errors, draw * best.length, best.length);
      }
      Arrays.sort(errors); // NaN goes last, and is as bad as can be
      double median = errors[errors.length / 2];
      return median <= check.tolerance
          ? Optional.empty()
          : Optional.of(new Fault.WrongGradient(median));
    }

    /** Steps of these signs that should change the weighted scores by a share of their size. */
    private Batch steps(Batch weights, Batch gradients, boolean[] signs, double share) {
      return gradients.editRows(
          (i, g) -> {
            double squares = 0;
            for (int j = 0; j < g.length; j++) {
              double slope = g[j] * range(j);
              squares += slope * slope;
            }
            double fitting = share * scoreSize(weights.row(i), i) / Math.sqrt(squares);
            double step = squares > 0 ? Math.max(STEP / 1000, Math.min(STEP, fitting)) : STEP;
            for (int j = 0; j < g.length; j++) {
              g[j] = (float) (signs[i * g.length + j] ? step * range(j) : -step * range(j));
            }
          });
    }

    private double range(int feature) {
      return (double) model.domain().upper(feature) - model.domain().lower(feature);
    }

    private Batch clipped(Batch moved) {
      return moved.editRows(
          (i, x) -> {
            for (int j = 0; j < x.length; j++) {
              x[j] = model.domain().clip(j, x[j]);
            }
          });
    }

    private double scoreSize(float[] weights, int row) {
      double size = 0;
      for (int k = 0; k < weights.length; k++) {
        size += Math.abs((double) weights[k] * logits.get(row, k));
      }
      return size;
    }

    /** Beyond what rounding explains, as a share of the gradient's length along the step. */
    private double error(
        float[] weights, float[] change, float[] gradient, float[] up, float[] down, int row) {
      double slope = 0;
      for (int k = 0; k < weights.length; k++) {
        slope += (double) weights[k] * change[k];
      }
      double expected = 0;
      double squares = 0;
      for (int j = 0; j < gradient.length; j++) {
        double part = gradient[j] * ((double) up[j] - down[j]);
        expected += part;
        squares += part * part;
      }
      double noise = FLOAT_NOISE * scoreSize(weights, row);
      double beyond = Math.max(0, Math.abs(slope - expected) - noise); // NaN stays NaN
      return beyond == 0 ? 0 : beyond / Math.sqrt(squares);
    }
  }
}
