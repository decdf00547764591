package io.gauntlet.defenses.train;

import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Labels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/** One step on the batch as it is: no defense, what the others are compared with. */
public record StandardTraining() implements Recipe<TrainableModel> {
  @Override
  public double step(TrainableModel model, Neighbourhood allowed, Labels labels, Seed seed) {
    return model.train(allowed.clean(), new CrossEntropy(labels));
  }
}
