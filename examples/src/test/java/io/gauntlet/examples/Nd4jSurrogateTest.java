package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.extraction.ActiveLearning;
import io.gauntlet.attacks.extraction.CopycatCnn;
import io.gauntlet.attacks.extraction.DataFreeExtraction;
import io.gauntlet.attacks.extraction.Disclosure;
import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.attacks.extraction.Imitation;
import io.gauntlet.attacks.extraction.JacobianAugmentation;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.KnockoffNets;
import io.gauntlet.attacks.extraction.Oracle;
import io.gauntlet.attacks.extraction.Schedule;
import io.gauntlet.data.Examples;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.nd4j.Nd4jOptions;
import io.gauntlet.nd4j.NetworkModel;
import io.gauntlet.random.Seed;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The attacks know nothing of engines: victim, surrogate and generator are DL4J's here. */
class Nd4jSurrogateTest {
  private static final Shape FLAT = Shape.of(64);
  private static final Examples DIGITS = Digits.all().as(FLAT);
  private static final Examples POOL = DIGITS.slice(0, 600);
  private static final Examples UNSEEN = DIGITS.slice(1297, 1797);
  private static final Schedule SCHEDULE = new Schedule(3, 10, 32);
  private static final NetworkModel VICTIM = reader(1);

  static final List<Imitation> ALL =
      List.of(
          KnockoffNets.standard().withSchedule(SCHEDULE),
          KnockoffNets.standard()
              .withStrategy(KnockoffNets.Strategy.ADAPTIVE)
              .withSchedule(SCHEDULE),
          CopycatCnn.standard().withSchedule(SCHEDULE),
          JacobianAugmentation.standard().withSchedule(SCHEDULE),
          ActiveLearning.standard().withSchedule(SCHEDULE));

  @BeforeAll
  static void the_victim_learns_to_read() {
    for (int step = 0; step < 300; step++) {
      int from = 64 * step % 1216;
      Examples some = DIGITS.slice(from, from + 64);
      VICTIM.train(some.inputs(), new CrossEntropy(some.labels()));
    }
  }

  private static NetworkModel reader(long seed) {
    return network(seed, Shape.of(64), Domain.UNIT, 32, 10, 0.01);
  }

  private static NetworkModel network(
      long seed, Shape shape, Domain domain, int hidden, int outputs, double rate) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(rate))
                .weightInit(WeightInit.RELU)
                .list()
                .layer(new DenseLayer.Builder().nOut(hidden).activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(outputs)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(shape.size()))
                .build());
    network.init();
    return NetworkModel.of(network, Nd4jOptions.of(shape).withDomain(domain));
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void every_imitation_copies_into_a_network_of_dl4j(Imitation attack) {
    Judge judge = Judge.of(VICTIM, UNSEEN);
    Oracle oracle = Oracle.of(VICTIM, new Disclosure.Scores(), 400);
    Extraction<NetworkModel> stolen = attack.extract(oracle, reader(2), POOL, judge, Seed.of(1));
    assertThat(stolen.queries()).isEqualTo(400);
    assertThat(judge.agreement(stolen.surrogate()).rate()).isGreaterThan(0.8);
  }

  @Test
  void a_generator_of_dl4j_needs_no_pool() {
    Judge judge = Judge.of(VICTIM, UNSEEN);
    Oracle oracle = Oracle.of(VICTIM, new Disclosure.Scores(), 20_000);
    NetworkModel generator = network(3, Shape.of(32), Domain.of(-4, 4), 64, 64, 1e-4);
    Extraction<NetworkModel> stolen =
        DataFreeExtraction.standard()
            .withBatch(16)
            .extract(oracle, reader(2), generator, judge, Seed.of(1));
    assertThat(stolen.queries()).isEqualTo(20_000);
    assertThat(judge.agreement(stolen.surrogate()).rate()).isGreaterThan(0.5);
  }
}
