package io.gauntlet.defenses.train;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.util.random.RandomGenerator;

/** Points of the plane around one centre for each class, and a learner of them. */
final class Lesson {
  static final Domain WIDE = Domain.of(-10, 10);
  static final float EPSILON = 0.25f;
  static final ThreatModel THREAT = ThreatModel.linf(EPSILON);

  private Lesson() {}

  static Examples examples(int count, int classes) {
    RandomGenerator random = Seed.of(11).forExample(0);
    float[][] points = new float[count][2];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % classes;
      double angle = 2 * Math.PI * labels[i] / classes;
      points[i][0] = (float) (Math.cos(angle) + 0.3 * random.nextGaussian());
      points[i][1] = (float) (Math.sin(angle) + 0.3 * random.nextGaussian());
    }
    return Examples.of(Batch.of(points), labels);
  }

  static SoftmaxLearner learner(int classes) {
    return new SoftmaxLearner(2, classes, WIDE, Seed.of(5));
  }

  static Neighbourhood allowed(Examples examples) {
    return THREAT.around(examples.inputs(), WIDE);
  }

  /** One step of a recipe on a fresh learner. */
  static SoftmaxLearner taught(Recipe<? super SoftmaxLearner> recipe, Examples examples) {
    SoftmaxLearner learner = learner(3);
    recipe.step(learner, allowed(examples), examples.labels(), Seed.of(7));
    return learner;
  }
}
