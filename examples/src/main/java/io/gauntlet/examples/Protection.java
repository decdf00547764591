package io.gauntlet.examples;

import io.gauntlet.defenses.Guard;
import io.gauntlet.defenses.limit.Limits;
import io.gauntlet.defenses.limit.QueryLimiter;
import io.gauntlet.defenses.limit.Window;
import io.gauntlet.defenses.postprocess.Argmax;
import io.gauntlet.defenses.postprocess.Freshness;
import io.gauntlet.defenses.postprocess.GradientKernel;
import io.gauntlet.defenses.postprocess.LabelsOnly;
import io.gauntlet.defenses.postprocess.MadPoisoning;
import io.gauntlet.defenses.postprocess.Noise;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.defenses.postprocess.ReverseSigmoid;
import io.gauntlet.defenses.postprocess.Rounding;
import io.gauntlet.model.Model;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an owner may put in front of the model.
 *
 * @param name in tables
 * @param quota rows that each client may ask, as the price list tells everybody
 * @param daily whether that is for a day, not for all time
 * @param guards new ones at every call, for they remember what they have seen
 */
record Protection(String name, long quota, boolean daily, Supplier<List<Guard>> guards) {
  private static final float NOISE = 0.2f;

  /** Only watched. */
  static Protection none(Monitors monitors) {
    return unlimited("none", monitors::guards);
  }

  private static Protection unlimited(String name, Supplier<List<Guard>> guards) {
    return new Protection(name, Limits.UNLIMITED, false, guards);
  }

  /** A lifetime budget for every API key. */
  static Protection quota(long rows) {
    return new Protection(
        "%s rows per key".formatted(rows),
        rows,
        false,
        () -> List.of(QueryLimiter.of(Limits.of().withLifetime(rows))));
  }

  /** A daily window for every API key. */
  static Protection ration(long rows) {
    return new Protection(
        "%s rows per key and day".formatted(rows),
        rows,
        true,
        () -> List.of(QueryLimiter.of(Limits.of(new Window(rows, Duration.ofDays(1))))));
  }

  /** The most that a thief can ask: one that waits has another day for every request. */
  long affordable(Thief thief, long budget) {
    boolean bound = !(daily && thief.waits()) && quota < budget;
    return bound ? Math.min(budget, quota * thief.identities()) : budget;
  }

  /** The guards of answers, of which {@code guess} is what one of them takes the copy for. */
  static List<Protection> ofAnswers(Model guess) {
    // in earnest from a secret store: who knows the key subtracts the noise
    NoiseKey key = NoiseKey.of("a secret of the example".getBytes(StandardCharsets.US_ASCII));
    Noise noise = Noise.gaussian(NOISE, key).withArgmax(Argmax.FREE);
    GradientKernel kernel = GradientKernel.lastLayer(guess);
    return List.of(
        unlimited("rounding to 1 decimal", () -> List.of(Rounding.to(1))),
        unlimited("labels only", () -> List.of(new LabelsOnly())),
        unlimited("noise, fresh", () -> List.of(noise.withFreshness(Freshness.perQuery()))),
        unlimited("noise, by input", () -> List.of(noise)),
        unlimited("reverse sigmoid", () -> List.of(ReverseSigmoid.standard())),
        unlimited("poisoning", () -> List.of(new MadPoisoning(1, Argmax.KEPT, kernel))));
  }
}
