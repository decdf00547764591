package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** A whole image that is mixed into others. */
public sealed interface Pattern {
  /**
   * Every feature uniform between its smallest and its largest legal value.
   *
   * @param key what the values are drawn from
   */
  record Random(long key) implements Pattern {
    @Override
    public float[] values(Shape shape, Domain domain) {
      RandomGenerator random = Seed.of(key).forExample(0);
      float[] values = new float[shape.size()];
      for (int j = 0; j < values.length; j++) {
        values[j] = domain.lower(j) + random.nextFloat() * (domain.upper(j) - domain.lower(j));
      }
      return values;
    }
  }

  /**
   * A given image.
   *
   * @param features in the units and the order of the inputs; finite
   */
  record Picture(List<Float> features) implements Pattern {
    /** Copies and checks. */
    public Picture {
      features = List.copyOf(features);
      for (int j = 0; j < features.size(); j++) {
        if (!Float.isFinite(features.get(j))) {
          throw new IllegalArgumentException(
              "a pattern must be finite, but feature %s was %s".formatted(j, features.get(j)));
        }
      }
    }

    @Override
    public float[] values(Shape shape, Domain domain) {
      if (features.size() != shape.size()) {
        throw new IllegalArgumentException(
            "a pattern for shape %s needs %s features, but had %s"
                .formatted(shape, shape.size(), features.size()));
      }
      float[] values = new float[features.size()];
      for (int j = 0; j < values.length; j++) {
        values[j] = features.get(j);
      }
      return values;
    }
  }

  /**
   * The pattern's features.
   *
   * @throws IllegalArgumentException if it does not fit the shape
   */
  float[] values(Shape shape, Domain domain);
}
