package io.gauntlet.djl;

import io.gauntlet.model.Check;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * What happens to a pixel before the network sees it: {@code (pixel - mean) / std}. It is part of
 * the model, so that perturbations are measured in the pixels' own units.
 *
 * @param mean what is subtracted: one value for all features, or one for each channel, that is, for
 *     each index of the input shape's first axis; finite
 * @param std what is divided by, as many values as {@code mean}; positive and finite
 */
public record Normalisation(List<Float> mean, List<Float> std) {
  /** Leaves pixels as they are. */
  public static final Normalisation NONE = of(0, 1);

  /** Copies and checks. */
  public Normalisation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.size() != std.size()) {
      throw new IllegalArgumentException(
          "a normalisation needs as many means as standard deviations, at least 1, but had "
              + "%s and %s".formatted(mean.size(), std.size()));
    }
    for (int i = 0; i < mean.size(); i++) {
      if (!Float.isFinite(mean.get(i))) {
        throw new IllegalArgumentException("mean must be finite, but was " + mean.get(i));
      }
      Check.positive(std.get(i), "std");
    }
  }

  /** The same for every feature. */
  public static Normalisation of(float mean, float std) {
    return new Normalisation(List.of(mean), List.of(std));
  }

  /** One mean and one standard deviation for each channel. */
  public static Normalisation perChannel(List<Float> mean, List<Float> std) {
    return new Normalisation(mean, std);
  }

  boolean changesNothing() {
    return equals(NONE);
  }

  void checkFits(Shape inputShape) {
    int channels = inputShape.sizes().get(0);
    if (mean.size() != 1 && mean.size() != channels) {
      throw new IllegalArgumentException(
          "a normalisation needs 1 mean or one for each of the %s channels of %s, but had %s"
              .formatted(channels, inputShape, mean.size()));
    }
  }

  /** Turns pixels into what the network sees, in place. */
  void apply(float[] values, Shape inputShape) {
    int run = run(values, inputShape);
    for (int start = 0, channel = 0; start < values.length; start += run, channel++) {
      float subtracted = mean.get(channel % mean.size());
      float divisor = std.get(channel % std.size());
      for (int j = start; j < start + run; j++) {
        values[j] = (values[j] - subtracted) / divisor;
      }
    }
  }

  /** Turns a derivative by what the network sees into one by the pixels, in place. */
  void applyToGradient(float[] values, Shape inputShape) {
    int run = run(values, inputShape);
    for (int start = 0, channel = 0; start < values.length; start += run, channel++) {
      float divisor = std.get(channel % std.size());
      for (int j = start; j < start + run; j++) {
        values[j] /= divisor;
      }
    }
  }

  private int run(float[] values, Shape inputShape) {
    return mean.size() == 1 ? values.length : inputShape.size() / mean.size();
  }
}
