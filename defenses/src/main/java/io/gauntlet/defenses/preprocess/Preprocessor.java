package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Preprocessings, one after the other, of inputs of one shape and domain. Those of another domain
 * than [0, 1] are scaled to it feature by feature, and back again.
 *
 * @param stages first to last; at least one
 * @param shape of one input
 * @param domain of the inputs
 */
public record Preprocessor(List<Preprocessing> stages, Shape shape, Domain domain) {
  /** Checks that there is a stage, and that all can work on the shape. */
  public Preprocessor {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new IllegalArgumentException("preprocessing needs at least one stage, but had none");
    }
    Batch none = Batch.wrap(shape.size(), new float[0]);
    stages.forEach(stage -> stage.apply(none, shape, Draw.of(Seed.of(0), none)));
  }

  /** For the inputs of a model. */
  public static Preprocessor of(Model model, List<Preprocessing> stages) {
    return new Preprocessor(stages, model.inputShape(), model.domain());
  }

  /**
   * Some inputs on the way through all stages.
   *
   * @param preprocessor of the stages
   * @param before what each stage was given, in [0, 1]
   * @param draw that the stages drew from
   * @param outputs as a model is to see them
   */
  public record Passage(Preprocessor preprocessor, List<Batch> before, Draw draw, Batch outputs) {
    /** Copies. */
    public Passage {
      before = List.copyOf(before);
    }

    /**
     * For each row, the derivative by its input of its output weighted by {@code byOutput}, or what
     * stages declare in its place.
     */
    public Batch pullBack(Batch byOutput) {
      List<Preprocessing> stages = preprocessor.stages;
      Batch slope = preprocessor.scaled(byOutput, true);
      for (int k = stages.size() - 1; k >= 0; k--) {
        slope = stages.get(k).pullBack(before.get(k), slope, preprocessor.shape, draw.derive(k));
      }
      return preprocessor.scaled(slope, false);
    }
  }

  /** Takes inputs through all stages. */
  public Passage apply(Batch inputs, Draw draw) {
    List<Batch> before = new ArrayList<>();
    Batch x = toUnit(inputs);
    for (int k = 0; k < stages.size(); k++) {
      before.add(x);
      x = stages.get(k).apply(x, shape, draw.derive(k));
    }
    return new Passage(this, before, draw, fromUnit(x));
  }

  /** Whether a stage draws. */
  public boolean isRandom() {
    return stages.stream().anyMatch(Preprocessing::isRandom);
  }

  /** How every stage is gone back through. */
  public String route() {
    return stages.stream()
        .map(stage -> stage + ": " + stage.route())
        .collect(Collectors.joining("; "));
  }

  private Batch toUnit(Batch inputs) {
    return isUnit()
        ? inputs
        : inputs.editRows(
            (row, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = (x[j] - domain.lower(j)) / width(j);
              }
            });
  }

  private Batch fromUnit(Batch outputs) {
    return isUnit()
        ? outputs
        : outputs.editRows(
            (row, x) -> {
              for (int j = 0; j < x.length; j++) {
                x[j] = domain.clip(j, domain.lower(j) + width(j) * x[j]);
              }
            });
  }

  /** Slopes by values of the domain into slopes by values in [0, 1], or the other way. */
  private Batch scaled(Batch slopes, boolean toUnit) {
    return isUnit()
        ? slopes
        : slopes.editRows(
            (row, slope) -> {
              for (int j = 0; j < slope.length; j++) {
                slope[j] = toUnit ? slope[j] * width(j) : slope[j] / width(j);
              }
            });
  }

  private boolean isUnit() {
    return domain.equals(Domain.UNIT);
  }

  private float width(int feature) {
    return domain.upper(feature) - domain.lower(feature);
  }
}
