package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Margin;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** How a suspect's certainty of an example's true class is measured. */
public sealed interface Certainty {
  /** The score of the true class minus the best other one; one question for each example. */
  record Scores() implements Certainty {
    @Override
    public double[] of(Model suspect, Examples examples) {
      Batch lead = new Margin(examples.labels()).values(Interrogation.scores(suspect, examples));
      return IntStream.range(0, lead.rows()).mapToDouble(i -> -lead.get(i, 0)).toArray();
    }
  }

  /**
   * Steps in random directions until the class is no longer the true one, the mean over some walks:
   * needs labels alone, and up to {@code walks * steps} questions for each example.
   *
   * @param walks directions for each example; at least 1
   * @param steps where a walk ends at the latest; at least 1
   * @param stride L2 length of a step, in input units, before the domain cuts it; finite, positive
   * @param seed draws the directions
   */
  record BlindWalk(int walks, int steps, float stride, Seed seed) implements Certainty {
    /** Checks the numbers. */
    public BlindWalk {
      Check.atLeast(1, walks, "walks");
      Check.atLeast(1, steps, "steps");
      Check.positive(stride, "stride");
    }

    @Override
    public double[] of(Model suspect, Examples examples) {
      double[] taken = new double[examples.count()];
      for (int walk = 0; walk < walks; walk++) {
        walk(suspect, examples, seed.derive(walk), taken);
      }
      return taken;
    }

    private void walk(Model suspect, Examples examples, Seed directions, double[] taken) {
      int[] walking = IntStream.range(0, examples.count()).toArray();
      for (int step = 0; step < steps && walking.length > 0; step++) {
        Batch here = moved(suspect, examples.inputs().select(walking), step, directions);
        Batch scores = Interrogation.scores(suspect, here);
        Labels labels = examples.labels();
        int[] asked = walking;
        walking =
            IntStream.range(0, asked.length)
                .filter(i -> scores.argmax(i) == labels.atRow(asked[i]))
                .map(i -> asked[i])
                .toArray();
        for (int row : walking) {
          taken[row] += 1.0 / walks;
        }
      }
    }

    private Batch moved(Model suspect, Batch inputs, int step, Seed directions) {
      return inputs.editRows(
          (i, x) -> {
            RandomGenerator random = directions.forExample(inputs.example(i));
            float[] direction = new float[x.length];
            double square = 0;
            for (int j = 0; j < x.length; j++) {
              direction[j] = (float) random.nextGaussian();
              square += direction[j] * direction[j];
            }
            double scale = step * stride / Math.sqrt(square);
            for (int j = 0; j < x.length; j++) {
              x[j] = suspect.domain().clip(j, (float) (x[j] + scale * direction[j]));
            }
          });
    }
  }

  /**
   * Measures.
   *
   * @param examples at least one
   * @return one number for each example, large where the suspect is certain
   */
  double[] of(Model suspect, Examples examples);
}
