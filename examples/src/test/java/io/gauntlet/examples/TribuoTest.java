package io.gauntlet.examples;

import static io.gauntlet.junit.RobustAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Models;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tribuo.Example;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.ensemble.VotingCombiner;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LogisticRegressionTrainer;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Recipe: attack a Tribuo model, whatever it is made of.
 *
 * <pre>{@code
 * Model<Label> forest = (Model<Label>) Model.deserializeFromFile(path);
 * io.gauntlet.model.Model model =
 *     Models.of(
 *             "forest of 2026-03-01", Shape.of(30), domain, 2,
 *             rows -> forest.predict(examples(rows)).stream().map(scores).toArray(float[][]::new))
 *         .withConcurrency(Concurrency.threadSafe(64));
 * }</pre>
 *
 * <p>An ensemble's scores are shares of votes, that is, probabilities, and the report says so. A
 * linear model is worth more: its weights make an {@link Mlp}, and with it gradients.
 */
class TribuoTest {
  private static final int TRAINING = 1297;
  private static final int CLASSES = 10;
  private static final Examples DIGITS = Digits.all();
  private static final Examples UNSEEN = DIGITS.slice(TRAINING, TRAINING + 200);

  /** Tribuo goes by names, and sorts them. */
  private static final String[] PIXELS =
      IntStream.range(0, Digits.SHAPE.size())
          .mapToObj(j -> String.format(Locale.ROOT, "pixel-%02d", j))
          .toArray(String[]::new);

  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  static {
    TRIBUO.setLevel(Level.WARNING); // training tells of every thousandth step
  }

  private static Example<Label> example(float[] row, Label label) {
    double[] values = new double[row.length];
    for (int j = 0; j < row.length; j++) {
      values[j] = row[j];
    }
    return new ArrayExample<>(label, PIXELS, values);
  }

  private static MutableDataset<Label> dataset(Examples examples) {
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> dataset =
        new MutableDataset<>(new SimpleDataSourceProvenance("digits", labels), labels);
    for (int i = 0; i < examples.count(); i++) {
      Label label = new Label(String.valueOf(examples.labels().atRow(i)));
      dataset.add(example(examples.inputs().row(i), label));
    }
    return dataset;
  }

  private static float[] scores(Model<Label> model, float[] row) {
    float[] scores = new float[CLASSES];
    model
        .predict(example(row, LabelFactory.UNKNOWN_LABEL))
        .getOutputScores()
        .forEach((name, label) -> scores[Integer.parseInt(name)] = (float) label.getScore());
    return scores;
  }

  private static io.gauntlet.model.Model model(String name, Model<Label> model) {
    return Models.of(
            name,
            Digits.SHAPE,
            Domain.UNIT,
            CLASSES,
            rows -> {
              float[][] scores = new float[rows.length][];
              for (int i = 0; i < rows.length; i++) {
                scores[i] = scores(model, rows[i]);
              }
              return scores;
            })
        .withConcurrency(Concurrency.threadSafe(64));
  }

  @Test
  void a_forest_loses_to_a_black_box_attack_what_noise_leaves_it() {
    Model<Label> forest =
        new RandomForestTrainer<>(
                new CARTClassificationTrainer(10, 0.125f, 7), new VotingCombiner(), 30, 7)
            .train(dataset(DIGITS.first(TRAINING)));
    Robustness<io.gauntlet.model.Model> robustness =
        Robustness.of(model("digits, forest of 30, seed 7", forest))
            .under(ThreatModel.linf(0.1f))
            .withSeed(1);
    RobustnessReport noise = robustness.attackedBy(RandomNoise.standard()).evaluate(UNSEEN);
    RobustnessReport square =
        robustness.attackedBy(Square.standard().withQueries(200)).evaluate(UNSEEN);
    assertThat(square).hasCleanAccuracyAtLeast(0.85);
    assertThat(square.robustAccuracy()).isLessThan(noise.robustAccuracy() - 0.2);
    assertThat(square.caveats()).contains(new Caveat.LooksLikeProbabilities());
  }

  /** The same linear model, in a form that can be differentiated. */
  private static Mlp differentiable(LinearSGDModel linear) {
    DenseMatrix all = linear.getWeightsCopy(); // the last column is the bias
    float[][] weights = new float[CLASSES][PIXELS.length];
    float[] bias = new float[CLASSES];
    for (int k = 0; k < CLASSES; k++) {
      int row = linear.getOutputIDInfo().getID(new Label(String.valueOf(k)));
      for (int j = 0; j < PIXELS.length; j++) {
        int column = linear.getFeatureIDMap().getID(PIXELS[j]);
        weights[k][j] = column < 0 ? 0 : (float) all.get(row, column); // never seen in training
      }
      bias[k] = (float) all.get(row, all.getDimension2Size() - 1);
    }
    return Mlp.of(Digits.SHAPE, Domain.UNIT, List.of(Mlp.Dense.of(weights, bias)));
  }

  @Test
  void a_linear_model_becomes_one_with_gradients_that_says_the_same() {
    LinearSGDModel linear = new LogisticRegressionTrainer().train(dataset(DIGITS.first(TRAINING)));
    Mlp model = differentiable(linear);
    Batch logits = model.logits(UNSEEN.inputs());
    for (int i = 0; i < UNSEEN.count(); i++) {
      float[] probabilities = scores(linear, UNSEEN.inputs().row(i));
      double ratio = Math.log(probabilities[3] / probabilities[logits.argmax(i)]);
      double difference = logits.get(i, 3) - logits.get(i, logits.argmax(i));
      if (ratio > -30) { // beyond, a float probability has run out of digits
        assertThat(difference).isCloseTo(ratio, within(1e-3));
      }
    }
    ThreatModel threat = ThreatModel.linf(0.1f);
    RobustnessReport blackBox =
        Robustness.of(model("digits, logistic regression", linear))
            .under(threat)
            .attackedBy(Square.standard().withQueries(200))
            .withSeed(1)
            .evaluate(UNSEEN);
    RobustnessReport whiteBox =
        Robustness.of(model).under(threat).attackedBy(Pgd.standard()).withSeed(1).evaluate(UNSEEN);
    assertThat(whiteBox).hasCleanAccuracyAtLeast(0.85);
    assertThat(whiteBox.cleanAccuracy()).isEqualTo(blackBox.cleanAccuracy());
    assertThat(whiteBox.robustAccuracy()).isLessThanOrEqualTo(blackBox.robustAccuracy());
  }
}
