package io.gauntlet.examples;

import static io.gauntlet.junit.RobustAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.threat.ThreatModel;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recipe: attack an XGBoost model. {@code ml.dmlc:xgboost4j_2.12} is the artifact; what it brings
 * in Scala is for Spark and can be left out.
 *
 * <pre>{@code
 * Booster booster = XGBoost.loadModel("churn.ubj");
 * Model model =
 *     Models.of(
 *         "churn.ubj of 2026-03-01", Shape.of(30), domain, 2,
 *         rows -> margins(booster, rows, Float.NaN)); // below
 * }</pre>
 *
 * <p>Two traps. Where 0 was the missing value in training, as it is for sparse rows, the model may
 * answer otherwise to a 0 than to a millionth, and that is what an attack finds: ask with the same
 * missing value as in training, and train with NaN where 0 is a value. And {@code predict} without
 * {@code true} gives probabilities: ask for margins, which are logits. A model of two classes has
 * one margin: its scores are {@code {0, margin}}.
 */
class XGBoostTest {
  private static final int TRAINING = 1297;
  private static final Examples DIGITS = Digits.all();
  private static final Examples UNSEEN = DIGITS.slice(TRAINING, TRAINING + 200);

  /** Unlike the other engines', its natives need OpenMP from the system: libgomp, libomp. */
  @BeforeAll
  static void load() throws XGBoostError {
    try {
      matrix(new float[1][1], Float.NaN).dispose();
    } catch (LinkageError e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      assumeTrue(false, () -> "XGBoost cannot be loaded here: " + e);
    }
  }

  private static DMatrix matrix(float[][] rows, float missing) throws XGBoostError {
    Batch batch = Batch.of(rows);
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    return new DMatrix(values, batch.rows(), batch.width(), missing);
  }

  private static Booster trained(Examples training, float missing) throws XGBoostError {
    float[][] rows = new float[training.count()][];
    float[] labels = new float[training.count()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = training.inputs().row(i);
      labels[i] = training.labels().atRow(i);
    }
    DMatrix matrix = matrix(rows, missing);
    try {
      matrix.setLabel(labels);
      Map<String, Object> parameters =
          Map.of(
              "objective",
              "multi:softprob",
              "num_class",
              10,
              "max_depth",
              4,
              "eta",
              0.3,
              "nthread",
              1,
              "seed",
              7);
      return XGBoost.train(matrix, parameters, 20, Map.of(), null, null);
    } finally {
      matrix.dispose();
    }
  }

  private static float[][] margins(Booster booster, float[][] rows, float missing)
      throws XGBoostError {
    DMatrix matrix = matrix(rows, missing);
    try {
      return booster.predict(matrix, true);
    } finally {
      matrix.dispose(); // native memory
    }
  }

  @Test
  void boosted_trees_lose_more_to_a_black_box_attack_than_to_noise() throws XGBoostError {
    Booster booster = trained(DIGITS.first(TRAINING), Float.NaN);
    Model model =
        Models.of(
            "digits, XGBoost, 20 rounds, seed 7",
            Digits.SHAPE,
            Domain.UNIT,
            10,
            rows -> margins(booster, rows, Float.NaN));
    try {
      Robustness<Model> robustness = Robustness.of(model).under(ThreatModel.linf(0.1f)).withSeed(1);
      RobustnessReport noise = robustness.attackedBy(RandomNoise.standard()).evaluate(UNSEEN);
      RobustnessReport square =
          robustness.attackedBy(Square.standard().withQueries(200)).evaluate(UNSEEN);
      assertThat(square).hasCleanAccuracyAtLeast(0.85);
      assertThat(square.robustAccuracy())
          .isLessThan(square.cleanAccuracy() - 0.25)
          .isLessThan(noise.robustAccuracy());
      assertThat(square.caveats()).hasOnlyElementsOfType(Caveat.TooFewExamples.class);
    } finally {
      booster.dispose();
    }
  }

  @Test
  void where_zero_is_taken_for_missing_a_change_that_nobody_sees_changes_the_scores()
      throws XGBoostError {
    float[][] clean = {UNSEEN.inputs().row(0)};
    float[][] same = {clean[0].clone()};
    for (int j = 0; j < same[0].length; j++) {
      same[0][j] = Math.max(1e-6f, same[0][j]);
    }
    Booster right = trained(DIGITS.first(TRAINING), Float.NaN);
    Booster wrong = trained(DIGITS.first(TRAINING), 0);
    assertThat(margins(right, same, Float.NaN)).isEqualTo(margins(right, clean, Float.NaN));
    assertThat(margins(wrong, same, 0)).isNotEqualTo(margins(wrong, clean, 0));
    right.dispose();
    wrong.dispose();
  }
}
