package io.gauntlet.examples;

import io.gauntlet.defenses.Guard;
import io.gauntlet.defenses.limit.Limits;
import io.gauntlet.defenses.limit.QueryLimiter;
import io.gauntlet.defenses.monitor.ClassBalance;
import io.gauntlet.defenses.monitor.Ensemble;
import io.gauntlet.defenses.monitor.MarginProfile;
import io.gauntlet.defenses.monitor.NearDuplicateSettings;
import io.gauntlet.defenses.monitor.NearDuplicates;
import io.gauntlet.defenses.monitor.OutOfDistribution;
import io.gauntlet.defenses.monitor.Prada;
import io.gauntlet.defenses.monitor.Sensitivity;
import io.gauntlet.defenses.postprocess.Argmax;
import io.gauntlet.defenses.postprocess.Freshness;
import io.gauntlet.defenses.postprocess.GradientKernel;
import io.gauntlet.defenses.postprocess.LabelsOnly;
import io.gauntlet.defenses.postprocess.MadPoisoning;
import io.gauntlet.defenses.postprocess.Noise;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.defenses.postprocess.ReverseSigmoid;
import io.gauntlet.defenses.postprocess.Rounding;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an owner may put in front of the model.
 *
 * @param name in tables
 * @param quota rows that each client may ask in all, as the price list tells everybody
 * @param guards new ones at every call, for they remember what they have seen
 */
record Protection(String name, long quota, Supplier<List<Guard>> guards) {
  private static final float NOISE = 0.2f;
  private static final int HORIZON = 200;

  static Protection none() {
    return unlimited("none", List::of);
  }

  private static Protection unlimited(String name, Supplier<List<Guard>> guards) {
    return new Protection(name, Limits.UNLIMITED, guards);
  }

  /** A lifetime budget for every API key. */
  static Protection quota(long rows) {
    return new Protection(
        "quota of %s per key".formatted(rows),
        rows,
        () -> List.of(QueryLimiter.of(Limits.of().withLifetime(rows))));
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

  /** The monitors, of which some must know what honest clients ask, and are told. */
  static List<Protection> byWatching(Batch asked, Batch told) {
    Sensitivity sensitivity = Sensitivity.standard().withHorizon(HORIZON);
    return List.of(
        unlimited("watched by PRADA", () -> List.of(Prada.standard())),
        unlimited(
            "watched for repeats",
            () -> List.of(NearDuplicates.of(NearDuplicateSettings.standard(), Seed.of(5)))),
        unlimited(
            "watched by profiles",
            () ->
                List.of(
                    Ensemble.of(
                        1,
                        sensitivity.clients(),
                        OutOfDistribution.of(asked, sensitivity),
                        ClassBalance.of(told, sensitivity),
                        MarginProfile.of(told, sensitivity)))));
  }
}
