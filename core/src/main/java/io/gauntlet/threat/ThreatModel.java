package io.gauntlet.threat;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import java.util.OptionalLong;

/**
 * What the attacker may do to an input.
 *
 * @param norm how the size of a change is measured
 * @param epsilon largest allowed size, in input units (8/255 for 8-bit pixels scaled to [0, 1]), or
 *     the number of features for L0; not negative, infinite for {@link #unbounded}
 * @param queries passes, forward and backward added, that one attack may spend on one example;
 *     empty for as many as it likes
 */
public record ThreatModel(Norm norm, float epsilon, OptionalLong queries) {
  /** Checks both budgets. */
  public ThreatModel {
    if (epsilon != Float.POSITIVE_INFINITY) {
      Check.nonNegative(epsilon, "epsilon");
    }
    if (queries.isPresent()) {
      Check.atLeast(1, queries.getAsLong(), "queries");
    }
  }

  /** Changes of at most this size, any number of queries. */
  public ThreatModel(Norm norm, float epsilon) {
    this(norm, epsilon, OptionalLong.empty());
  }

  /** Each feature may move by at most {@code epsilon}. */
  public static ThreatModel linf(float epsilon) {
    return new ThreatModel(Norm.linf(), Check.nonNegative(epsilon, "epsilon"));
  }

  /** The whole change may be at most {@code epsilon} long. */
  public static ThreatModel l2(float epsilon) {
    return new ThreatModel(Norm.l2(), Check.nonNegative(epsilon, "epsilon"));
  }

  /** The absolute changes may add up to at most {@code epsilon}. */
  public static ThreatModel l1(float epsilon) {
    return new ThreatModel(Norm.l1(), Check.nonNegative(epsilon, "epsilon"));
  }

  /** At most {@code features} features may change, to anything legal. */
  public static ThreatModel l0(int features) {
    return new ThreatModel(Norm.l0(), features);
  }

  /**
   * Every legal input may be reached, and the closest one counts: what minimum-norm attacks are
   * for. All attacks run on all examples, and the report holds the smallest distance that any
   * found.
   */
  public static ThreatModel unbounded(Norm norm) {
    return new ThreatModel(norm, Float.POSITIVE_INFINITY);
  }

  /** Whether there is a largest size, so that an example is settled once it is fooled within it. */
  public boolean isBounded() {
    return epsilon != Float.POSITIVE_INFINITY;
  }

  /** The same, with at most this many passes per attack and example. */
  public ThreatModel withQueries(long most) {
    return new ThreatModel(norm, epsilon, OptionalLong.of(most));
  }

  /**
   * The points an attacker may reach from {@code clean} without leaving the domain.
   *
   * @throws IllegalArgumentException if a clean value is outside {@code domain} already
   */
  public Neighbourhood around(Batch clean, Domain domain) {
    return new Neighbourhood(this, domain.check(clean), domain);
  }

  @Override
  public String toString() {
    String budget = queries.isPresent() ? ", " + queries.getAsLong() + " queries" : "";
    return norm + (isBounded() ? " epsilon " + epsilon : " unbounded") + budget;
  }
}
