package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.evasion.DetectingModel;
import io.gauntlet.defenses.evasion.EvasionDetector;
import io.gauntlet.defenses.evasion.LearnedDetector;
import io.gauntlet.defenses.evasion.Mahalanobis;
import io.gauntlet.defenses.evasion.Threshold;
import io.gauntlet.defenses.preprocess.BitDepth;
import io.gauntlet.defenses.preprocess.Jpeg;
import io.gauntlet.defenses.preprocess.MedianSmoothing;
import io.gauntlet.defenses.preprocess.PreprocessedModel;
import io.gauntlet.defenses.preprocess.RandomResizePad;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Defenses that stop attackers who overlook them, in front of a net that reads real digits. */
class DefendedDigitsTest {
  private static final ThreatModel THREAT = ThreatModel.linf(0.1f);
  private static final Examples TRAINING = Digits.all().slice(0, 1200);
  private static final Examples HELD_OUT = Digits.all().slice(1200, 1500);
  private static final Examples TEST = Digits.all().slice(1500, 1600);

  private static DjlModel net;

  @BeforeAll
  static void train() {
    net = Digits.trained(TRAINING, 5, Seed.of(0));
  }

  @AfterAll
  static void close() {
    net.close();
  }

  @Test
  void preprocessing_that_hides_gradients_stops_only_those_who_overlook_it() {
    PreprocessedModel defended =
        PreprocessedModel.of(net, new MedianSmoothing(2), Jpeg.standard(), new BitDepth(3));
    RobustnessReport naive =
        Robustness.naively(defended).under(THREAT).attackedBy(Pgd.standard()).evaluate(TEST);
    RobustnessReport adaptive =
        Robustness.of(defended).under(THREAT).attackedBy(Pgd.standard()).evaluate(TEST);
    assertThat(adaptive.robustAccuracy()).isLessThan(naive.robustAccuracy() - 0.15);
    assertThat(naive.caveats()).anyMatch(Caveat.DefenseOverlooked.class::isInstance);
    assertThat(adaptive.caveats())
        .noneMatch(Caveat.DefenseOverlooked.class::isInstance)
        .noneMatch(Caveat.ZeroGradients.class::isInstance);
  }

  @Test
  void those_who_know_a_detector_fool_the_net_behind_its_back() {
    ThreatModel wide = ThreatModel.linf(0.2f);
    EvasionDetector detector = Mahalanobis.standard().fit(net, TRAINING);
    Threshold threshold = Threshold.calibrate(detector, HELD_OUT.inputs(), 0.05);
    DetectingModel defended = new DetectingModel(net, detector, threshold);
    RobustnessReport naive =
        Robustness.naively(defended).under(wide).attackedBy(Pgd.standard()).evaluate(TEST);
    RobustnessReport adaptive =
        Robustness.of(defended).under(wide).attackedBy(Pgd.standard()).evaluate(TEST);
    assertThat(adaptive.robustAccuracy()).isLessThan(naive.robustAccuracy() - 0.2);
    Batch found = adaptive.adversarial();
    assertThat(defended.refused(found).isEmpty()).isTrue();
    Batch answers = net.logits(found);
    assertThat(
            answers.rowsWhere(
                row -> answers.argmax(row) == TEST.labels().classOf(found.example(row))))
        .isEmpty();
  }

  /**
   * 5 % of 100 are 5; more than 14 have a probability below 1e-3, the threshold's own luck in it.
   */
  @Test
  void a_learned_detector_refuses_what_it_has_learnt_from_but_not_those_who_know_it() {
    ThreatModel wide = ThreatModel.linf(0.2f);
    try (DjlModel twoClasses = detectorNet()) {
      EvasionDetector detector =
          new LearnedDetector(new Fit(10, 32))
              .fit(twoClasses, TRAINING.inputs(), fgsm(TRAINING, wide), Seed.of(1));
      Threshold threshold = Threshold.calibrate(detector, HELD_OUT.inputs(), 0.05);
      DetectingModel defended = new DetectingModel(net, detector, threshold);
      assertThat(defended.refused(fgsm(TEST, wide)).cardinality()).isGreaterThan(90);
      assertThat(defended.refused(TEST.inputs()).cardinality()).isLessThan(15);
      RobustnessReport naive =
          Robustness.naively(defended).under(wide).attackedBy(Pgd.standard()).evaluate(TEST);
      RobustnessReport adaptive =
          Robustness.of(defended).under(wide).attackedBy(Pgd.standard()).evaluate(TEST);
      assertThat(adaptive.robustAccuracy()).isLessThan(naive.robustAccuracy() - 0.5);
      assertThat(defended.refused(adaptive.adversarial()).isEmpty()).isTrue();
    }
  }

  private static Batch fgsm(Examples examples, ThreatModel threat) {
    return Fgsm.standard()
        .perturb(
            net,
            threat.around(examples.inputs(), net.domain()),
            new Goal.Untargeted(examples.labels()),
            Seed.of(0));
  }

  private static DjlModel detectorNet() {
    SequentialBlock layers =
        new SequentialBlock()
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(64).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(2).build());
    return DjlModel.of(
        layers, DjlOptions.of(Digits.SHAPE).withOptimiser(new Optimiser.Adam(2e-3f)));
  }

  @Test
  void a_random_defense_draws_alike_whatever_the_batch_and_the_workers() {
    Examples examples = examplesOf(plain());
    RobustnessReport one = evaluated(examples, 64, 1);
    RobustnessReport two = evaluated(examples, 7, 2);
    assertThat(two.outcomes()).isEqualTo(one.outcomes());
    assertThat(two.adversarial().buffer()).isEqualTo(one.adversarial().buffer());
    assertThat(one.robustAccuracy()).isBetween(0.05, one.cleanAccuracy() - 0.05);
  }

  private static RobustnessReport evaluated(Examples examples, int batch, int workers) {
    PreprocessedModel defended =
        PreprocessedModel.of(plain(), new RandomResizePad(0.8f)).withDraws(3);
    return Robustness.of(defended)
        .under(ThreatModel.linf(0.03f))
        .attackedBy(Pgd.standard().withSteps(5), Apgd.dlr().withSteps(5), quick())
        .withBatch(batch)
        .withWorkers(workers)
        .evaluate(examples);
  }

  private static Square quick() {
    return Square.standard().withQueries(10);
  }

  /** A net of plain Java, whose arithmetic is the same in any batch. */
  private static Mlp plain() {
    RandomGenerator random = Seed.of(3).forExample(0);
    float[][] weights = new float[3][64];
    for (float[] row : weights) {
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) random.nextGaussian();
      }
    }
    Mlp.Dense layer = Mlp.Dense.of(weights, new float[3]);
    return Mlp.of(Digits.SHAPE, Domain.UNIT, List.of(layer));
  }

  /** Digits, labelled as the net answers them. */
  private static Examples examplesOf(Mlp labelling) {
    Batch inputs = TEST.inputs();
    Batch answers = labelling.logits(inputs);
    int[] labels = IntStream.range(0, inputs.rows()).map(answers::argmax).toArray();
    return new Examples(TEST.shape(), inputs, Labels.of(inputs, labels));
  }
}
