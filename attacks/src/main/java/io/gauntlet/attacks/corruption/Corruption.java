package io.gauntlet.attacks.corruption;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.image.Trials;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Corrupts an image in one way, from weak to strong, and stops at the first level that fools.
 *
 * <p>In the spirit of Hendrycks, Dietterich: <a
 * href="https://arxiv.org/abs/1903.12261">Benchmarking Neural Network Robustness to Common
 * Corruptions and Perturbations</a>, ICLR 2019. The kinds and their levels are our own: they do not
 * make CIFAR-10-C or ImageNet-C, and the strongest standard level is about that paper's severity 5.
 *
 * <p>Takes images of shape channels x height x width, or height x width; fading and hue take three
 * channels. Noise is drawn once for each example and grows with the level. A level outside a
 * bounded threat model is passed over without asking. Without a bound the answer is the weakest
 * level that fools, which is the closest one as far as distance grows with the level.
 *
 * @param kind what happens
 * @param levels how strong, in ascending order; at least 1, each above 0 and at most 1
 */
public record Corruption(Kind kind, List<Float> levels) implements Attack<Model> {
  private static final int STANDARD_LEVELS = 10;

  /** Checks the levels. */
  public Corruption {
    levels = List.copyOf(levels);
    float before = 0;
    for (float level : levels) {
      if (!(level > before && level <= 1)) {
        throw new IllegalArgumentException(
            "levels must ascend above 0 and up to 1, but were " + levels);
      }
      before = level;
    }
    if (levels.isEmpty()) {
      throw new IllegalArgumentException("a corruption needs at least one level, but had none");
    }
  }

  /** Ten levels, evenly spaced from a tenth of the strongest. */
  public static Corruption standard(Kind kind) {
    List<Float> levels = new ArrayList<>();
    for (int i = 1; i <= STANDARD_LEVELS; i++) {
      levels.add((float) (kind.strongest() * i / STANDARD_LEVELS));
    }
    return new Corruption(kind, levels);
  }

  /** Every kind that these images can suffer, at the standard levels. */
  public static List<Corruption> all(Shape inputShape) {
    int channels = ImageShape.of(inputShape).channels();
    List<Corruption> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind.appliesTo(channels)) {
        all.add(standard(kind));
      }
    }
    return all;
  }

  /** Same corruption at other levels. */
  public Corruption withLevels(Float... newLevels) {
    return new Corruption(kind, List.of(newLevels));
  }

  @Override
  public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
    ImageShape image = ImageShape.of(model.inputShape());
    if (!kind.appliesTo(image.channels())) {
      throw new IllegalArgumentException(
          "%s needs images of three channels, but the model takes %s".formatted(kind, image));
    }
    Filter filter = new Filter(image);
    Trials trials = new Trials(model, allowed, goal);
    Batch clean = trials.standing();
    for (int i = 0; i < levels.size() && clean.rows() > 0; i++) {
      trials.ask(corrupted(clean, filter, levels.get(i), model.domain(), seed));
      clean = trials.standing();
    }
    return trials.batch();
  }

  private Batch corrupted(Batch clean, Filter filter, float level, Domain domain, Seed seed) {
    float[] before = new float[clean.width()];
    float[] after = new float[clean.width()];
    return clean.editRows(
        (i, x) -> {
          for (int j = 0; j < x.length; j++) {
            before[j] = (x[j] - domain.lower(j)) / (domain.upper(j) - domain.lower(j));
            after[j] = before[j];
          }
          filter.apply(kind, level, after, seed.forExample(clean.example(i)));
          for (int j = 0; j < x.length; j++) {
            if (after[j] != before[j]) { // else scaling back would round
              float width = domain.upper(j) - domain.lower(j);
              x[j] = domain.clip(j, domain.lower(j) + width * after[j]);
            }
          }
        });
  }

  @Override
  public String title() {
    String name = kind.name().replace('_', ' ');
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }
}
