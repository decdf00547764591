package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Query;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How often honest traffic falls into each of some bins, and the evidence that a client differs.
 */
final class Profile {
  private final double[] reference;
  private final Sensitivity sensitivity;
  private final double enough;
  private final IntPredicate suspect;
  private final Watch<Evidence> watch;

  /**
   * A profile of honest traffic.
   *
   * @param counts honest rows in each bin
   * @param suspect which bins it is suspicious to draw too often
   */
  Profile(String monitor, int[] counts, Sensitivity sensitivity, IntPredicate suspect) {
    double rows = counts.length;
    for (int count : counts) {
      rows += count;
    }
    reference = new double[counts.length];
    for (int bin = 0; bin < counts.length; bin++) {
      reference[bin] = (counts[bin] + 1) / rows; // no bin is impossible because it was not seen
    }
    this.sensitivity = sensitivity;
    this.suspect = suspect;
    enough = -Math.log(sensitivity.falseAlarmRate());
    watch = new Watch<>(monitor, sensitivity.clients(), () -> new Evidence(reference));
  }

  Optional<Alarm> observe(Query query, IntUnaryOperator binOfRow) {
    return watch.observe(query, (evidence, row) -> look(evidence, binOfRow.applyAsInt(row)));
  }

  private @Nullable String look(Evidence evidence, int bin) {
    evidence.draw(bin);
    int most = evidence.mostOverdrawn();
    if (evidence.logWealth() >= enough && suspect.test(most)) {
      return String.format(
          Locale.ROOT,
          "%.0f%% of %d rows in bin %d, honest %.0f%%, odds of chance 1 to %.0f",
          100 * evidence.share(most),
          evidence.draws(),
          most,
          100 * reference[most],
          Math.exp(evidence.logWealth()));
    }
    if (evidence.draws() == sensitivity.horizon()) {
      evidence.startAgain();
    }
    return null;
  }
}
