package io.gauntlet.defenses.monitor;

import static io.gauntlet.defenses.monitor.Traffic.falseAlarms;
import static io.gauntlet.defenses.monitor.Traffic.latency;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Monitors on bags of words: a dozen ones among 400 zeros, few words frequent, most rare. */
class SparseTrafficTest {
  private static final int WORDS = 400;
  private static final float[] LEANING = leaning();
  private static final Model MODEL =
      Mlp.linear(Domain.UNIT, new float[][] {new float[WORDS], LEANING}, new float[2]);
  private static final Batch HONEST = Traffic.many(1000, SparseTrafficTest::bag);
  private static final PradaSettings PRADA = PradaSettings.standard().withMembers(100);
  private static final double RATE = 0.01;
  private static final Sensitivity SENSITIVITY =
      Sensitivity.standard().withFalseAlarmRate(RATE).withHorizon(200);
  private static final int CLIENTS = 200;
  // the stated rate of 200 clients is two of them; three standard deviations more are six
  private static final double MOST = 6.0 / CLIENTS;

  private static float[] leaning() {
    RandomGenerator random = Seed.of(4).forExample(0);
    float[] leaning = new float[WORDS];
    for (int j = 0; j < WORDS; j++) {
      leaning[j] = (float) random.nextGaussian();
    }
    return leaning;
  }

  private static float[] bag(RandomGenerator random) {
    float[] bag = new float[WORDS];
    for (int j = 0; j < WORDS; j++) {
      bag[j] = random.nextDouble() < Math.min(0.6, 2.0 / (j + 1)) ? 1 : 0;
    }
    return bag;
  }

  private static Batch answers() {
    Reply reply = GuardedModel.of(MODEL).ask("calibration", HONEST);
    return ((Reply.Answered) reply).probabilities();
  }

  private static NearDuplicates published() {
    return NearDuplicates.of(NearDuplicateSettings.standard(), Seed.of(1));
  }

  private static NearDuplicates calibrated() {
    NearDuplicateSettings settings = NearDuplicateSettings.standard().withAnchored(true);
    return NearDuplicates.calibrated(settings, Seed.of(1), HONEST, SENSITIVITY);
  }

  private static Prada calibratedPrada() {
    return Prada.calibrated(PRADA, HONEST, answers(), SENSITIVITY, Seed.of(2));
  }

  /** As Square does: one input, some of it replaced in every query. */
  private static Function<RandomGenerator, float[]> square() {
    float[] target = HONEST.row(7);
    return random -> {
      float[] changed = target.clone();
      int from = random.nextInt(WORDS - 20);
      float value = random.nextBoolean() ? 1 : 0;
      for (int j = from; j < from + 20; j++) {
        changed[j] = value;
      }
      return changed;
    };
  }

  /**
   * Two hundred natural bags, then steps of 0.1 by the sign of a slope, from any bag before; the
   * slope is that of a surrogate, which is right about most words.
   */
  private static Function<RandomGenerator, float[]> jacobian() {
    List<float[]> asked = new ArrayList<>();
    return random -> {
      float[] next = asked.size() < 200 ? bag(random) : stepped(asked, random);
      asked.add(next);
      return next;
    };
  }

  private static float[] stepped(List<float[]> asked, RandomGenerator random) {
    float[] next = asked.get(random.nextInt(asked.size())).clone();
    for (int j = 0; j < WORDS; j++) {
      double slope = LEANING[j] + 0.3 * random.nextGaussian();
      next[j] = (float) Math.min(1, Math.max(0, next[j] + 0.1 * Math.signum(slope)));
    }
    return next;
  }

  @Test
  void near_duplicates_as_published_suspect_every_honest_client() {
    assertThat(falseAlarms(MODEL, published(), 20, 200, SparseTrafficTest::bag)).isEqualTo(1);
  }

  @Test
  void calibrated_near_duplicates_suspect_no_more_honest_clients_than_stated() {
    assertThat(falseAlarms(MODEL, calibrated(), CLIENTS, 200, SparseTrafficTest::bag))
        .isLessThanOrEqualTo(MOST);
  }

  @Test
  void calibrated_near_duplicates_notice_who_varies_one_input_and_who_asks_twice() {
    assertThat(latency(MODEL, calibrated(), "eve", 100, square()).orElseThrow())
        .isLessThanOrEqualTo(15);
    Function<RandomGenerator, float[]> twice =
        new Function<>() {
          private int asked;

          @Override
          public float[] apply(RandomGenerator random) {
            return HONEST.row(asked++ % 50);
          }
        };
    assertThat(latency(MODEL, calibrated(), "eve", 200, twice).orElseThrow()).isBetween(51L, 65L);
  }

  @Test
  void what_many_honest_inputs_share_is_in_no_fingerprint() {
    NearDuplicateSettings settings = NearDuplicateSettings.standard().withAnchored(true);
    Fingerprinter fingerprinter = new Fingerprinter(settings, Seed.of(1)).withoutCommonOf(HONEST);
    List<long[]> fingerprints = fingerprinter.ofAll(HONEST);
    Map<Long, Integer> inputs = new HashMap<>();
    fingerprints.forEach(
        fingerprint ->
            Arrays.stream(fingerprint).forEach(hash -> inputs.merge(hash, 1, Integer::sum)));
    assertThat(inputs.values()).allMatch(count -> count <= HONEST.rows() / 10);
    assertThat(fingerprints).filteredOn(fingerprint -> fingerprint.length < 10).hasSizeLessThan(50);
  }

  @Test
  void a_calibrated_threshold_of_prada_notices_more_thieves_and_none_later() {
    Prada calibrated = calibratedPrada();
    int missed = 0;
    int missedByPublished = 0;
    for (int thief = 0; thief < 10; thief++) {
      String eve = "eve " + thief;
      OptionalLong latency = latency(MODEL, calibrated, eve, 1000, jacobian());
      OptionalLong published = latency(MODEL, Prada.of(PRADA), eve, 1000, jacobian());
      missed += latency.isPresent() ? 0 : 1;
      missedByPublished += published.isPresent() ? 0 : 1;
      assertThat(latency.orElse(1000)).as(eve).isLessThanOrEqualTo(published.orElse(1000));
    }
    assertThat(missed).isLessThan(missedByPublished).isLessThanOrEqualTo(2);
  }

  @Test
  void calibrated_prada_suspects_no_more_honest_clients_than_stated() {
    Prada monitor = calibratedPrada();
    assertThat(monitor.settings().normality()).isBetween(0.9, 1.0);
    assertThat(falseAlarms(MODEL, monitor, CLIENTS, 200, SparseTrafficTest::bag))
        .isLessThanOrEqualTo(MOST);
  }

  @Test
  void prada_cannot_be_calibrated_on_what_it_cannot_tell_apart() {
    Batch alike = Traffic.many(300, random -> new float[WORDS]);
    Batch told = Traffic.many(300, random -> new float[] {1, 0});
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Prada.calibrated(PradaSettings.standard(), alike, told, SENSITIVITY, Seed.of(2)))
        .withMessageContaining("lowest W")
        .withMessageContaining("0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Prada.calibrated(
                    PradaSettings.standard(),
                    HONEST,
                    answers(),
                    SENSITIVITY.withHorizon(90),
                    Seed.of(2)))
        .withMessageContaining("within 90 rows was 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                NearDuplicates.calibrated(
                    NearDuplicateSettings.standard(), Seed.of(1), alike.slice(0, 199), SENSITIVITY))
        .withMessageContaining("honest rows must be at least 200");
  }
}
