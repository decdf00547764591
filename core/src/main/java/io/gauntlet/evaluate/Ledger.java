package io.gauntlet.evaluate;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Everything found so far, example by example and phase by phase. Written by one thread. */
final class Ledger {
  private final Examples examples;
  private final boolean closest;
  private final List<@Nullable Finding[]> phases = new ArrayList<>();
  private final double[] seconds;
  private final int[] done;
  private final boolean[] cutOff;
  private int fallen;

  /**
   * An empty account.
   *
   * @param closest whether an example that is fooled goes on, and the smallest distance counts
   */
  Ledger(Examples examples, int attacks, boolean closest) {
    this.examples = examples;
    this.closest = closest;
    for (int phase = 0; phase <= attacks; phase++) {
      phases.add(new Finding[examples.count()]);
    }
    seconds = new double[attacks + 1];
    done = new int[attacks + 1];
    cutOff = new boolean[examples.count()];
  }

  void add(Finding finding) {
    Batch adversarial = finding.adversarial();
    if (adversarial != null && adversarial.width() != examples.inputs().width()) {
      throw new IllegalArgumentException(
          "an adversarial example must have %s features, but had %s"
              .formatted(examples.inputs().width(), adversarial.width()));
    }
    int row = examples.inputs().rowOf(finding.example());
    @Nullable Finding[] phase = phases.get(finding.phase());
    if (phase[row] != null) {
      throw new IllegalArgumentException(
          "example %s was through with phase %s before"
              .formatted(finding.example(), finding.phase()));
    }
    fallen += finding.isFall() && !isFallen(row) ? 1 : 0;
    phase[row] = finding;
    done[finding.phase()]++;
  }

  /** Takes note that the time ran out while an attack was at this example. */
  void cutOff(long example) {
    cutOff[examples.inputs().rowOf(example)] = true;
  }

  void addSeconds(int phase, double more) {
    seconds[phase] += more;
  }

  @Nullable Finding finding(int phase, int row) {
    return phases.get(phase)[row];
  }

  /** Rows that go on and were not through with this phase when the run was resumed. */
  int[] open(int phase) {
    int[] rows = new int[examples.count()];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (finding(phase, row) == null && isStandingBefore(phase, row)) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** Whether this example is for a phase: right so far or, where the closest counts, at first. */
  private boolean isStandingBefore(int phase, int row) {
    for (int earlier = 0; earlier < phase; earlier++) {
      Finding finding = finding(earlier, row);
      boolean goesOn =
          finding != null
              && switch (finding.result()) {
                case RIGHT, SURVIVED -> true;
                case FOOLED -> closest;
                case WRONG, UNFINISHED -> false;
              };
      if (!goesOn) {
        return false;
      }
    }
    return true;
  }

  /** Examples that entered a phase. */
  int entered(int phase) {
    int count = 0;
    for (int row = 0; row < examples.count(); row++) {
      count += isStandingBefore(phase, row) ? 1 : 0;
    }
    return count;
  }

  /** Examples a phase is through with. */
  int done(int phase) {
    return done[phase];
  }

  /** Examples not known to be wrong or fooled by now. */
  int standing() {
    return examples.count() - fallen;
  }

  private boolean isFallen(int row) {
    return phases.stream().map(phase -> phase[row]).anyMatch(f -> f != null && f.isFall());
  }

  List<Outcome> outcomes(List<String> attacks) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int row = 0; row < examples.count(); row++) {
      outcomes.add(outcome(row, attacks));
    }
    return outcomes;
  }

  private Outcome outcome(int row, List<String> attacks) {
    long example = examples.inputs().example(row);
    int label = examples.labels().atRow(row);
    Finding clean = finding(0, row);
    if (clean == null || clean.result() == Finding.Result.UNFINISHED) {
      return new Outcome.Unfinished(example, label, -1);
    }
    if (clean.result() == Finding.Result.WRONG) {
      return new Outcome.Misclassified(example, label, clean.prediction());
    }
    Finding fall = fall(row);
    if (fall != null) {
      return new Outcome.Fooled(
          example, label, fall.prediction(), attacks.get(fall.phase() - 1), fall.distance());
    }
    for (int phase = 1; phase < phases.size(); phase++) {
      Finding finding = finding(phase, row);
      if (finding == null || finding.result() == Finding.Result.UNFINISHED) {
        return new Outcome.Unfinished(example, label, clean.prediction());
      }
    }
    return new Outcome.Survived(example, label, clean.prediction());
  }

  /** The closest success against an example, the first among equals; null if there is none. */
  private @Nullable Finding fall(int row) {
    Finding best = null;
    for (int phase = 1; phase < phases.size(); phase++) {
      Finding finding = finding(phase, row);
      if (finding != null
          && finding.result() == Finding.Result.FOOLED
          && (best == null || finding.distance() < best.distance())) {
        best = finding;
      }
    }
    return best;
  }

  AttackSummary summary(int phase, String title, String name) {
    List<Double> distances = new ArrayList<>();
    int attempted = 0;
    long forward = 0;
    long gradient = 0;
    for (Finding finding : phases.get(phase)) {
      if (finding != null) {
        attempted += finding.result() != Finding.Result.UNFINISHED ? 1 : 0;
        forward += finding.forwardQueries();
        gradient += finding.gradientQueries();
        if (finding.result() == Finding.Result.FOOLED) {
          distances.add(finding.distance());
        }
      }
    }
    return new AttackSummary(
        title,
        name,
        attempted,
        distances.size(),
        median(distances),
        forward,
        gradient,
        seconds[phase]);
  }

  private static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Surviving examples for which some attack saw nothing but zero gradients. */
  int blindSurvivors() {
    int count = 0;
    for (int row = 0; row < examples.count(); row++) {
      boolean blind = false;
      for (int phase = 1; phase < phases.size(); phase++) {
        Finding finding = finding(phase, row);
        blind |= finding != null && finding.blind();
      }
      count += blind && !isFallen(row) ? 1 : 0;
    }
    return count;
  }

  /** Whether an attack asked for gradients of any example. */
  boolean usedGradients(int phase) {
    return mostGradientQueries(phase) > 0;
  }

  private long mostGradientQueries(int phase) {
    return Arrays.stream(phases.get(phase))
        .filter(Objects::nonNull)
        .mapToLong(Finding::gradientQueries)
        .max()
        .orElse(0);
  }

  /** Rows of the first examples that withstood every attack. */
  int[] survivors(int most) {
    return IntStream.range(0, examples.count()).filter(this::hasSurvived).limit(most).toArray();
  }

  private boolean hasSurvived(int row) {
    return !isFallen(row)
        && phases.stream()
            .map(phase -> phase[row])
            .allMatch(f -> f != null && f.result() != Finding.Result.UNFINISHED);
  }

  boolean ranOutOfTime() {
    for (boolean each : cutOff) {
      if (each) {
        return true;
      }
    }
    return false;
  }

  /**
   * How an attack that takes several steps ended.
   *
   * @param passes forward passes about the example that cost it most
   * @param late examples that it fooled in the last fifth of these
   * @param standing examples that it had not fooled by then; at least 1
   */
  record Climb(long passes, int late, int standing) {}

  /**
   * How an attack ended; null if it took no steps or fooled everything before. A success that it
   * returned without having asked about it came last of all.
   */
  @Nullable Climb climb(int phase) {
    List<Finding> all = Arrays.stream(phases.get(phase)).filter(Objects::nonNull).toList();
    long passes = all.stream().mapToLong(Finding::forwardQueries).max().orElse(0);
    int late = 0;
    int survived = 0;
    for (Finding finding : all) {
      boolean early = finding.successPass() > 0 && 5 * finding.successPass() <= 4 * passes;
      late += finding.result() == Finding.Result.FOOLED && !early ? 1 : 0;
      survived += finding.result() == Finding.Result.SURVIVED ? 1 : 0;
    }
    return mostGradientQueries(phase) < 2 || late + survived == 0
        ? null
        : new Climb(passes, late, late + survived);
  }

  /** Fooled examples that a closer success may have been missed for because the time ran out. */
  int fallenInHaste() {
    int count = 0;
    for (int row = 0; row < examples.count(); row++) {
      count += closest && cutOff[row] && isFallen(row) ? 1 : 0;
    }
    return count;
  }

  /** Examples that fell to an attack without gradients, but to none of those with gradients. */
  int fallenToBlackBox() {
    int count = 0;
    for (int row = 0; row < examples.count(); row++) {
      boolean whiteBoxTried = false;
      boolean whiteBoxFooled = false;
      boolean blackBoxFooled = false;
      for (int phase = 1; phase < phases.size(); phase++) {
        Finding finding = finding(phase, row);
        if (finding != null && finding.result() != Finding.Result.UNFINISHED) {
          boolean fooled = finding.result() == Finding.Result.FOOLED;
          boolean whiteBox = finding.gradientQueries() > 0;
          whiteBoxTried |= whiteBox;
          whiteBoxFooled |= whiteBox && fooled;
          blackBoxFooled |= !whiteBox && fooled;
        }
      }
      count += whiteBoxTried && !whiteBoxFooled && blackBoxFooled ? 1 : 0;
    }
    return count;
  }

  /** The successful candidates, each standing for its example. */
  Batch adversarial() {
    List<Batch> found = new ArrayList<>();
    for (int row = 0; row < examples.count(); row++) {
      Finding fall = fall(row);
      if (fall != null && fall.adversarial() != null) {
        found.add(fall.adversarial());
      }
    }
    return found.isEmpty() ? examples.inputs().select() : Batch.concat(found);
  }
}
