package io.gauntlet.attacks.poisoning;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Labelled texts, each known by its position, before anything makes numbers of them.
 *
 * @param texts row by row
 * @param labels class of each row
 */
public record Texts(List<String> texts, Labels labels) {
  /** Copies and checks. */
  public Texts {
    texts = List.copyOf(texts);
    if (texts.size() != labels.count()) {
      throw new IllegalArgumentException(
          "every text needs one label, but there were %s texts and %s labels"
              .formatted(texts.size(), labels.count()));
    }
  }

  /** Text {@code i} has class {@code classes[i]}. */
  public static Texts of(List<String> texts, int... classes) {
    return new Texts(texts, Labels.of(classes));
  }

  /**
   * The same examples as numbers, at the same positions; at least one.
   *
   * @param vectoriser features of a text, always as many
   */
  public Examples as(Function<String, float[]> vectoriser) {
    Check.atLeast(1, texts.size(), "number of texts");
    Batch inputs = Batch.of(texts.stream().map(vectoriser).toArray(float[][]::new));
    long[] positions = new long[texts.size()];
    Arrays.setAll(positions, labels::example);
    return new Examples(Shape.of(inputs.width()), inputs.standingFor(positions), labels);
  }
}
