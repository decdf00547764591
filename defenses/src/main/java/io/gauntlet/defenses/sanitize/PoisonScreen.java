package io.gauntlet.defenses.sanitize;

import io.gauntlet.defenses.detect.ActivationDetector;
import io.gauntlet.defenses.detect.Suspicion;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Quarantines what a detector of poisoned data suspects, seeing all rows at once.
 *
 * <p>Detectors compare each row with all others, so that the features of all rows must fit into
 * memory; the rows themselves need not. Rule: {@code poison}.
 *
 * @param name of the stage, such as {@code spectral-signatures}
 * @param detector what to ask
 * @param described everything that decides what the detector says: its hyperparameters, and the
 *     model behind the features
 * @param features what the detector sees of a row, such as the penultimate layer's activations; the
 *     same number for every row
 * @param label column of the class
 * @param seed of the detector's random choices
 * @param most rows that are taken into memory; a run with more ends with an exception
 */
public record PoisonScreen(
    String name,
    ActivationDetector detector,
    String described,
    Function<Row, float[]> features,
    Column.Category label,
    Seed seed,
    int most)
    implements Stage {
  /** Checks the bound. */
  public PoisonScreen {
    Check.atLeast(1, most, "most");
  }

  /** Takes up to a million rows; seed 0. */
  public static PoisonScreen of(
      String name,
      ActivationDetector detector,
      String described,
      Function<Row, float[]> features,
      Column.Category label) {
    return new PoisonScreen(name, detector, described, features, label, Seed.of(0), 1_000_000);
  }

  /** Same with other random choices. */
  public PoisonScreen withSeed(Seed newSeed) {
    return new PoisonScreen(name, detector, described, features, label, newSeed, most);
  }

  /** Same with another bound on the rows. */
  public PoisonScreen withMost(int newMost) {
    return new PoisonScreen(name, detector, described, features, label, seed, newMost);
  }

  @Override
  public String settings() {
    return "PoisonScreen[%s, label=%s, seed=%s, most=%s]"
        .formatted(described, label, seed.root(), most);
  }

  @Override
  public Inspection begin(Rows rows) {
    if (rows.count() > most) {
      throw new IllegalArgumentException(
          "%s must see at most %s rows at once, but there are %s"
              .formatted(name, most, rows.count()));
    }
    List<float[]> inputs = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    rows.forEach(
        row -> {
          inputs.add(features.apply(row));
          classes.add(classOf(row));
        });
    Suspicion suspicion =
        inputs.isEmpty()
            ? Suspicion.of(new double[0], 0, "no rows")
            : detector.detect(
                Batch.of(inputs.toArray(float[][]::new)),
                Labels.of(classes.stream().mapToInt(i -> i).toArray()),
                seed);
    return new Inspection() {
      private int asked;

      @Override
      public Optional<Reason> examine(Row row) {
        int number = asked++;
        return suspicion.isFlagged(number)
            ? Optional.of(new Reason("poison", suspicion.verdict(number).reason()))
            : Optional.empty();
      }
    };
  }

  private int classOf(Row row) {
    int number = label.classes().indexOf(row.text(label.name()));
    if (number < 0) {
      throw new IllegalArgumentException(
          ("%s of every row must be one of %s, which a schema before this stage ensures,"
                  + " but was '%s'")
              .formatted(label.name(), label.classes(), row.text(label.name())));
    }
    return number;
  }
}
