package io.gauntlet.benchmarks;

import io.gauntlet.defenses.train.AdversarialTraining;
import io.gauntlet.defenses.train.FastTraining;
import io.gauntlet.defenses.train.FreeTraining;
import io.gauntlet.defenses.train.ProjectedAscent;
import io.gauntlet.defenses.train.Recipe;
import io.gauntlet.defenses.train.StandardTraining;
import io.gauntlet.model.TrainableModel;

/** The ways of training that {@link Harden} compares. */
enum Method {
  STANDARD {
    @Override
    Recipe<TrainableModel> recipe(int steps, float stepSize) {
      return new StandardTraining();
    }
  },
  PGD {
    @Override
    Recipe<TrainableModel> recipe(int steps, float stepSize) {
      return AdversarialTraining.against(new ProjectedAscent(steps, stepSize));
    }
  },
  FAST {
    @Override
    Recipe<TrainableModel> recipe(int steps, float stepSize) {
      return FastTraining.standard();
    }
  },
  FREE {
    @Override
    Recipe<TrainableModel> recipe(int steps, float stepSize) {
      return FreeTraining.standard();
    }
  };

  /** What it does with a batch; steps and their length are those of PGD. */
  abstract Recipe<TrainableModel> recipe(int steps, float stepSize);
}
