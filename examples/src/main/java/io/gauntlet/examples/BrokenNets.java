package io.gauntlet.examples;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.train.Distillation;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.examples.broken.DetectorPair;
import io.gauntlet.examples.broken.Distilled;
import io.gauntlet.examples.broken.KWinners;
import io.gauntlet.examples.broken.RandomResizing;
import io.gauntlet.examples.broken.Thermometer;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Trains small nets on digits, each behind a defense of the known-broken collection. */
final class BrokenNets implements AutoCloseable {
  private static final Fit FIT = new Fit(15, 32);
  private static final float RATE = 2e-3f;
  private static final int UNITS = 128;
  private static final int SIDE = 8;

  private final Examples training;
  private final Seed seed;
  private final List<DjlModel> opened = new ArrayList<>();

  BrokenNets(Examples training, Seed seed) {
    this.training = training;
    this.seed = seed;
  }

  /** The same network without any defense. */
  DjlModel undefended() {
    DjlModel network = dense(Digits.SHAPE, 10, Activation::reluBlock);
    FIT.train(network, training, seed);
    return network;
  }

  /** Temperature 100, where the paper's attack succeeds least. */
  Distilled distilled() {
    DjlModel teacher = dense(Digits.SHAPE, 10, Activation::reluBlock);
    DjlModel student = dense(Digits.SHAPE, 10, Activation::reluBlock);
    Distillation.standard().withFit(FIT).train(teacher, student, training, seed);
    return new Distilled(student);
  }

  /** Sixteen levels, as the paper's. */
  Thermometer thermometer() {
    int levels = 16;
    DjlModel network = dense(Shape.of(SIDE * SIDE * levels), 10, Activation::reluBlock);
    Batch bits = Thermometer.encode(training.inputs(), levels);
    FIT.train(network, new Examples(network.inputShape(), bits, training.labels()), seed);
    return new Thermometer(network, Digits.SHAPE, levels);
  }

  /** One unit in sixteen wins. */
  KWinners kWinners() {
    DjlModel network = dense(Digits.SHAPE, 10, () -> KWinners.block(UNITS / 16));
    FIT.train(network, training, seed);
    return new KWinners(network, 0.05f, 20);
  }

  /** Digits of 8 to 12 pixels on a canvas of 12. */
  RandomResizing randomResizing() {
    int canvas = 12;
    DjlModel network = dense(Shape.of(1, canvas, canvas), 10, Activation::reluBlock);
    for (int epoch = 0; epoch < 40; epoch++) {
      Batch placed = RandomResizing.placed(training.inputs(), SIDE, canvas, seed.derive(epoch));
      Examples examples = new Examples(network.inputShape(), placed, training.labels());
      FIT.withEpochs(1).train(network, examples, seed.derive(epoch));
    }
    return new RandomResizing(network, SIDE, 30, seed.derive(-1));
  }

  /** Trained on attacked images under a threat model; each refuses 2 % of clean ones. */
  DetectorPair detectorPair(ThreatModel threat) {
    int held = training.count() / 5;
    Examples taught = training.slice(held, training.count());
    DjlModel classifier = undefended();
    Batch adversarial =
        Pgd.standard()
            .withObjective(Objective.CROSS_ENTROPY)
            .withEffort(Effort.ALL_STEPS)
            .perturb(
                classifier,
                threat.around(taught.inputs(), classifier.domain()),
                new Goal.Untargeted(taught.labels()),
                seed);
    Examples twins = twins(taught.inputs(), adversarial);
    DjlModel ofInputs = dense(Digits.SHAPE, 2, Activation::reluBlock);
    FIT.train(ofInputs, twins, seed);
    DifferentiableModel features = classifier.features();
    DjlModel ofFeatures = dense(Shape.of(UNITS), 2, Activation::reluBlock);
    FIT.train(
        ofFeatures,
        new Examples(Shape.of(UNITS), features.logits(twins.inputs()), twins.labels()),
        seed);
    return DetectorPair.calibrated(
        classifier,
        ofInputs,
        DetectorPair.stacked(features, ofFeatures),
        training.first(held).inputs(),
        0.02f);
  }

  private static Examples twins(Batch clean, Batch adversarial) {
    int[] labels = new int[2 * clean.rows()];
    Arrays.fill(labels, clean.rows(), labels.length, 1);
    long[] numbers = new long[labels.length];
    Arrays.setAll(numbers, i -> i);
    Batch both = Batch.concat(List.of(clean, adversarial)).standingFor(numbers);
    return Examples.of(both, labels);
  }

  private DjlModel dense(Shape inputs, int classes, Supplier<Block> activation) {
    SequentialBlock block =
        new SequentialBlock()
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(UNITS).build())
            .add(activation.get())
            .add(Linear.builder().setUnits(UNITS).build())
            .add(activation.get())
            .add(Linear.builder().setUnits(classes).build());
    DjlModel model =
        DjlModel.of(
            block,
            DjlOptions.of(inputs)
                .withDomain(Domain.UNIT)
                .withOptimiser(new Optimiser.Adam(RATE))
                .withSeed(seed.derive(opened.size())));
    opened.add(model);
    return model;
  }

  @Override
  public void close() {
    opened.forEach(DjlModel::close);
  }
}
