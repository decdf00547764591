package io.gauntlet.attacks.extraction;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Solves for the weights of a logistic or softmax regression.
 *
 * <p>Follows Tramèr, Zhang, Juels, Reiter, Ristenpart: <a
 * href="https://arxiv.org/abs/1609.02943">Stealing Machine Learning Models via Prediction APIs</a>,
 * USENIX Security 2016. The logarithm of the ratio of two probabilities is linear in the input, so
 * that d + 1 answers give every class's weights and bias of d features exactly, up to what the
 * softmax loses: the copy's weights sum to zero over the classes. Differs from it in two ways: the
 * questions are the centre of the domain and one step along each feature, not random, for the best
 * conditioned equations; and softmax regression too is solved linearly.
 *
 * <p>With a budget below d + 1 the features that were not asked about get no weight. Scores that
 * are rounded or noisy need more questions, over which the error averages out.
 *
 * @param extra random questions beyond the d + 1, all solved together by least squares; at least 0
 * @param tolerance largest error of a centred log-probability, in nats, at which the victim still
 *     counts as linear; checked where there are extra questions; finite, positive
 */
public record EquationSolving(int extra, float tolerance) implements Reconstruction<Mlp> {
  /** Checks the hyperparameters. */
  public EquationSolving {
    Check.atLeast(0, extra, "extra");
    Check.positive(tolerance, "tolerance");
  }

  /** The d + 1 questions that suffice. */
  public static EquationSolving standard() {
    return new EquationSolving(0, 1e-2f);
  }

  /** The same with another number of questions beyond those that suffice. */
  public EquationSolving withExtra(int newExtra) {
    return new EquationSolving(newExtra, tolerance);
  }

  /** The same with another idea of what is linear. */
  public EquationSolving withTolerance(float newTolerance) {
    return new EquationSolving(extra, newTolerance);
  }

  @Override
  public Extraction<Mlp> extract(Oracle oracle, Judge judge, Seed seed) {
    oracle.requireScores("equation solving");
    Curve curve = new Curve(oracle, judge);
    Box box = Box.of(oracle);
    int wanted = box.features() + 1 + extra;
    int affordable = (int) Math.min(wanted, oracle.remaining());
    Batch questions = questions(box, affordable, seed);
    double[][] scores = CentredScores.of(oracle.ask(questions));

    RealMatrix equations = equations(box, questions);
    RealMatrix answers = new Array2DRowRealMatrix(scores, false);
    DecompositionSolver solver = new QRDecomposition(equations).getSolver();
    RealMatrix solution = solver.solve(answers);

    Mlp copy = regression(oracle, box, solution);
    curve.mark(copy);
    if (affordable < wanted) {
      return curve.end(copy, Ending.BUDGET_SPENT);
    }
    double error = largest(equations.multiply(solution).subtract(answers));
    return curve.end(copy, error <= tolerance ? Ending.COMPLETE : Ending.MISFIT);
  }

  /** The centre, then one step along each feature, then random ones. */
  private static Batch questions(Box box, int count, Seed seed) {
    RandomGenerator random = seed.forExample(0);
    return Batch.wrap(box.features(), new float[count * box.features()])
        .editRows(
            (i, x) -> {
              boolean step = i >= 1 && i <= box.features();
              float[] question = i <= box.features() ? box.centre() : box.uniform(random);
              System.arraycopy(question, 0, x, 0, x.length);
              if (step) {
                x[i - 1] = box.domain().upper(i - 1);
              }
            });
  }

  /** One row for each question: 1, then how far along each feature it lies from the centre. */
  private static RealMatrix equations(Box box, Batch questions) {
    float[] centre = box.centre();
    int solvable = Math.min(box.features(), questions.rows() - 1);
    double[][] rows = new double[questions.rows()][solvable + 1];
    for (int i = 0; i < rows.length; i++) {
      rows[i][0] = 1;
      for (int j = 0; j < solvable; j++) {
        rows[i][j + 1] = (questions.get(i, j) - (double) centre[j]) / box.width(j);
      }
    }
    return new Array2DRowRealMatrix(rows, false);
  }

  private static Mlp regression(Oracle oracle, Box box, RealMatrix solution) {
    float[] centre = box.centre();
    float[][] weights = new float[oracle.classes()][box.features()];
    float[] bias = new float[oracle.classes()];
    for (int k = 0; k < bias.length; k++) {
      double intercept = solution.getEntry(0, k);
      for (int j = 0; j < solution.getRowDimension() - 1; j++) {
        double weight = solution.getEntry(j + 1, k) / box.width(j);
        weights[k][j] = (float) weight;
        intercept -= weight * centre[j];
      }
      bias[k] = (float) intercept;
    }
    return Mlp.of(oracle.inputShape(), oracle.domain(), List.of(Mlp.Dense.of(weights, bias)));
  }

  private static double largest(RealMatrix errors) {
    double largest = 0;
    for (double[] row : errors.getData()) {
      for (double error : row) {
        largest = Math.max(largest, Math.abs(error));
      }
    }
    return largest;
  }
}
