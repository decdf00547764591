package io.gauntlet.junit;

import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;

/**
 * Assertions about one {@link RobustnessReport}.
 *
 * <p>Rates are compared as measured, unless {@link #atConfidence} asks for the lower end of their
 * confidence interval: 9 right of 10 is not proof of 90 %.
 */
public final class ReportAssert {
  private static final int NAMED_EXAMPLES = 5;

  private final RobustnessReport actual;
  private final Optional<Double> confidence;

  ReportAssert(RobustnessReport actual) {
    this(actual, Optional.empty());
  }

  private ReportAssert(RobustnessReport actual, Optional<Double> confidence) {
    this.actual = actual;
    this.confidence = confidence;
  }

  /**
   * Makes the assertions that follow compare the lower end of the exact two-sided interval at this
   * confidence.
   *
   * @param level between 0 and 1, such as 0.95
   */
  public ReportAssert atConfidence(double level) {
    actual.robustAccuracyInterval(level); // refuses a level that is none
    return new ReportAssert(actual, Optional.of(level));
  }

  /** Fails unless robust accuracy reaches {@code minimum} in [0, 1]. */
  public ReportAssert hasRobustAccuracyAtLeast(double minimum) {
    require01(minimum);
    double compared =
        confidence
            .map(level -> actual.robustAccuracyInterval(level).lower())
            .orElse(actual.robustAccuracy());
    if (!(compared >= minimum)) {
      Facts facts = new Facts();
      facts.add("expected robust accuracy", "at least " + percent(minimum) + suffix());
      confidence.ifPresent(level -> facts.add("but the lower bound was", percent(compared)));
      facts.add(confidence.isPresent() ? "measured" : "but was", measured());
      facts.add("threat model", actual.threat());
      for (AttackSummary attack : actual.attacks()) {
        facts.add(attack.title(), "fooled %s of %s".formatted(attack.fooled(), attack.attempted()));
      }
      facts.add("first fooled", firstFooled());
      actual.caveats().forEach(caveat -> facts.add("caveat", caveat.message()));
      throw facts.failure(minimum, compared);
    }
    return this;
  }

  /** Fails unless accuracy without an attacker reaches {@code minimum} in [0, 1]. */
  public ReportAssert hasCleanAccuracyAtLeast(double minimum) {
    require01(minimum);
    int asked = (int) actual.outcomes().stream().filter(o -> o.prediction() >= 0).count();
    int right = asked - actual.count(Outcome.Misclassified.class);
    double compared =
        confidence.isPresent() && asked > 0
            ? Interval.clopperPearson(right, asked, confidence.get()).lower()
            : actual.cleanAccuracy();
    if (!(compared >= minimum)) {
      Facts facts = new Facts();
      facts.add("expected clean accuracy", "at least " + percent(minimum) + suffix());
      confidence.ifPresent(level -> facts.add("but the lower bound was", percent(compared)));
      facts.add(
          confidence.isPresent() ? "measured" : "but was",
          percent(actual.cleanAccuracy()) + " on " + asked + " examples");
      throw facts.failure(minimum, compared);
    }
    return this;
  }

  /** Fails if the evaluation itself doubts its result. */
  public ReportAssert hasNoCaveats() {
    return hasNoCaveatsExcept(List.of());
  }

  /** Fails if the evaluation doubts its result for any other reason than these. */
  public ReportAssert hasNoCaveatsExcept(List<Class<? extends Caveat>> accepted) {
    List<Caveat> doubts =
        actual.caveats().stream().filter(c -> !accepted.contains(c.getClass())).toList();
    if (!doubts.isEmpty()) {
      Facts facts = new Facts();
      facts.add("expected", "a measurement without caveats");
      facts.add("but had", String.valueOf(doubts.size()));
      doubts.forEach(c -> facts.add(c.getClass().getSimpleName(), c.message()));
      facts.add("threat model", actual.threat());
      throw facts.failure(List.of(), doubts);
    }
    return this;
  }

  private String suffix() {
    return confidence
        .map(level -> String.format(Locale.ROOT, " (%.4g %% lower bound)", 100 * level))
        .orElse("");
  }

  private String measured() {
    Interval interval = actual.robustAccuracyInterval(0.95);
    return String.format(
        Locale.ROOT,
        "%s on %d examples (95 %% interval %s to %s)",
        percent(actual.robustAccuracy()),
        actual.examples(),
        percent(interval.lower()),
        percent(interval.upper()));
  }

  private String firstFooled() {
    List<Outcome.Fooled> fooled =
        actual.outcomes().stream()
            .filter(Outcome.Fooled.class::isInstance)
            .map(Outcome.Fooled.class::cast)
            .toList();
    return fooled.isEmpty()
        ? "none"
        : fooled.stream()
                .limit(NAMED_EXAMPLES)
                .map(
                    f ->
                        String.format(
                            Locale.ROOT,
                            "example %d (%d read as %d at %.4g)",
                            f.example(),
                            f.label(),
                            f.prediction(),
                            f.distance()))
                .collect(Collectors.joining(", "))
            + (fooled.size() > NAMED_EXAMPLES
                ? " and " + (fooled.size() - NAMED_EXAMPLES) + " more"
                : "");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static void require01(double minimum) {
    if (!(minimum >= 0 && minimum <= 1)) {
      throw new IllegalArgumentException(
          "a minimum accuracy must lie in [0, 1], such as 0.8, but was " + minimum);
    }
  }

  /** Aligned lines of a failure message. */
  private static final class Facts {
    private final Map<String, Object> lines = new LinkedHashMap<>();

    void add(String name, Object value) {
      String free = name;
      for (int i = 2; lines.containsKey(free); i++) {
        free = name + " " + i;
      }
      lines.put(free, value);
    }

    AssertionFailedError failure(Object expected, Object was) {
      int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
      String message =
          lines.entrySet().stream()
              .map(e -> e.getKey() + " ".repeat(width - e.getKey().length()) + " : " + e.getValue())
              .collect(Collectors.joining("\n", "\n", ""));
      return new AssertionFailedError(message, expected, was);
    }
  }
}
