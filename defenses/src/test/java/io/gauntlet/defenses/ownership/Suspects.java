package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Models;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Models that are plain rules, some of which have learnt something by heart. */
final class Suspects {
  static final Domain DOMAIN = Domain.of(-8, 8);

  private Suspects() {}

  static Model deciding(int features, int classes, ToIntFunction<float[]> rule) {
    return Models.ofLabels(
        "rule",
        Shape.of(features),
        DOMAIN,
        classes,
        inputs -> Arrays.stream(inputs).mapToInt(rule).toArray());
  }

  static Model constant(int features, int classes, int answer) {
    return deciding(features, classes, x -> answer);
  }

  /** Knows the labels of {@code examples}, and answers like {@code otherwise} elsewhere. */
  static Model knowing(Examples examples, int classes, ToIntFunction<float[]> otherwise) {
    Map<Integer, Integer> known = new HashMap<>();
    for (int i = 0; i < examples.count(); i++) {
      known.put(Arrays.hashCode(examples.inputs().row(i)), examples.labels().atRow(i));
    }
    return deciding(
        examples.inputs().width(),
        classes,
        x -> known.getOrDefault(Arrays.hashCode(x), otherwise.applyAsInt(x)));
  }

  /** Normally distributed inputs. */
  static Batch inputs(int rows, int features, Seed seed) {
    return Batch.wrap(features, new float[rows * features])
        .editRows(
            (i, x) -> {
              var random = seed.forExample(i);
              for (int j = 0; j < x.length; j++) {
                x[j] = DOMAIN.clip(j, (float) random.nextGaussian());
              }
            });
  }

  /** The most that a share of {@code alpha} may come to in so many trials, five deviations up. */
  static int mostOf(int trials, double alpha) {
    return (int) Math.ceil(trials * alpha + 5 * Math.sqrt(trials * alpha * (1 - alpha)));
  }
}
