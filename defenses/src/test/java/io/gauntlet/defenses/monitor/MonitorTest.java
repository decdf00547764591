package io.gauntlet.defenses.monitor;

import static io.gauntlet.defenses.monitor.Traffic.falseAlarms;
import static io.gauntlet.defenses.monitor.Traffic.latency;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.Reply;
import io.gauntlet.defenses.limit.Quarantine;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MonitorTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Model MODEL = Traffic.model();
  private static final Batch HONEST = Traffic.many(4000, Traffic::honest);
  private static final Sensitivity SENSITIVITY = Sensitivity.standard();

  private static Batch honestAnswers() {
    Reply reply = GuardedModel.of(MODEL).ask("calibration", HONEST);
    return ((Reply.Answered) reply).probabilities();
  }

  @Test
  void shapiro_wilk_gives_the_values_of_scipy() {
    double[] published = {148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236};
    assertThat(ShapiroWilk.of(published)).isCloseTo(0.7888146948631716, within(1e-6));
    double[] even = new double[200];
    double[] skewed = new double[300];
    for (int i = 0; i < 300; i++) {
      double u = (i * 7919 % 1000) / 1000.0;
      skewed[i] = Math.exp(4 * u);
      if (i < 200) {
        even[i] = u;
      }
    }
    assertThat(ShapiroWilk.of(even)).isCloseTo(0.9524275655918075, within(1e-6));
    assertThat(ShapiroWilk.of(skewed)).isCloseTo(0.8174366576806175, within(1e-6));
    assertThat(ShapiroWilk.of(new double[30])).isZero();
  }

  @Test
  void wealth_against_a_true_claim_rarely_grows_and_against_a_false_one_does() {
    double[] claim = {0.5, 0.3, 0.2};
    int rich = 0;
    for (int game = 0; game < 2000; game++) {
      RandomGenerator random = Seed.of(3).forExample(game);
      Evidence evidence = new Evidence(claim);
      double most = 0;
      for (int i = 0; i < 500; i++) {
        double u = random.nextDouble();
        evidence.draw(u < 0.5 ? 0 : u < 0.8 ? 1 : 2);
        most = Math.max(most, evidence.logWealth());
      }
      rich += most >= Math.log(100) ? 1 : 0;
    }
    assertThat(rich).isBetween(1, 33); // 20 expected at most, and three standard deviations
    Evidence against = new Evidence(claim);
    for (int i = 0; i < 100; i++) {
      against.draw(i % 2);
    }
    assertThat(against.logWealth()).isGreaterThan(Math.log(1000));
    assertThat(against.mostOverdrawn()).isEqualTo(1);
  }

  @Test
  void out_of_distribution_inputs_are_noticed_within_ten_rows_and_honest_ones_are_not() {
    OutOfDistribution monitor = OutOfDistribution.of(HONEST, SENSITIVITY);
    assertThat(latency(MODEL, monitor, "eve", 100, Traffic::noise).orElseThrow())
        .isLessThanOrEqualTo(10);
    assertThat(falseAlarms(MODEL, monitor, 200, 500, Traffic::honest)).isLessThanOrEqualTo(0.01);
  }

  @Test
  void inputs_that_are_all_too_typical_are_not_out_of_distribution() {
    OutOfDistribution monitor = OutOfDistribution.of(HONEST, SENSITIVITY);
    float[] typical = HONEST.row(0);
    assertThat(latency(MODEL, monitor, "alice", 2000, random -> typical)).isEmpty();
  }

  @Test
  void a_client_of_one_class_is_noticed_and_honest_shares_are_not() {
    ClassBalance monitor = ClassBalance.of(honestAnswers(), SENSITIVITY);
    float[] one = HONEST.row(0);
    assertThat(latency(MODEL, monitor, "eve", 100, random -> one).orElseThrow())
        .isLessThanOrEqualTo(20);
    assertThat(falseAlarms(MODEL, monitor, 200, 500, Traffic::honest)).isLessThanOrEqualTo(0.01);
  }

  @Test
  void a_client_at_the_boundary_is_noticed_and_honest_margins_are_not() {
    MarginProfile monitor = MarginProfile.of(honestAnswers(), SENSITIVITY);
    OptionalLong latency =
        latency(
            MODEL,
            monitor,
            "eve",
            200,
            random -> {
              float[] a = Traffic.honest(random);
              float[] b = Traffic.honest(random);
              for (int j = 0; j < a.length; j++) {
                a[j] = (a[j] + b[j]) / 2;
              }
              return a;
            });
    assertThat(latency.orElseThrow()).isLessThanOrEqualTo(40);
    assertThat(falseAlarms(MODEL, monitor, 200, 500, Traffic::honest)).isLessThanOrEqualTo(0.01);
  }

  @Test
  void prada_notices_inputs_made_out_of_inputs_and_not_honest_ones() {
    Prada monitor = Prada.standard();
    assertThat(falseAlarms(MODEL, monitor, 20, 500, Traffic::honest)).isZero();
    assertThat(latency(MODEL, monitor, "eve", 1000, jacobian()).orElseThrow())
        .isBetween(100L, 700L);
  }

  /** A hundred natural inputs, then each of all so far one step further, as in JBDA. */
  private static Function<RandomGenerator, float[]> jacobian() {
    Deque<float[]> pool = new ArrayDeque<>();
    int[] asked = new int[1];
    return random -> {
      float[] next =
          asked[0]++ < 100
              ? Traffic.honest(random)
              : Traffic.stepped(pool.removeFirst(), 0.05, random);
      pool.addLast(next);
      return next;
    };
  }

  @Test
  void near_duplicates_are_noticed_under_whatever_name_they_come() {
    NearDuplicates monitor =
        NearDuplicates.of(NearDuplicateSettings.standard().withTolerated(2), Seed.of(1));
    float[] target = HONEST.row(0);
    for (int name = 0; name < 20; name++) {
      String client = "eve " + name;
      OptionalLong latency =
          latency(MODEL, monitor, client, 10, random -> Traffic.around(target, 0.002, random));
      assertThat(latency.orElseThrow()).as(client).isBetween(3L, 6L);
    }
    assertThat(falseAlarms(MODEL, monitor, 20, 200, Traffic::honest)).isZero();
  }

  @Test
  void near_duplicates_are_forgotten_after_as_many_inputs_as_are_remembered() {
    NearDuplicates monitor =
        NearDuplicates.of(
            NearDuplicateSettings.standard().withTolerated(0).withQueries(100), Seed.of(1));
    float[] again = HONEST.row(0);
    assertThat(latency(MODEL, monitor, "alice", 1, random -> again)).isEmpty();
    assertThat(latency(MODEL, monitor, "others", 99, Traffic::honest)).isEmpty();
    assertThat(latency(MODEL, monitor, "bob", 1, random -> again)).hasValue(1);
    assertThat(latency(MODEL, monitor, "more others", 100, Traffic::honest)).isEmpty();
    assertThat(latency(MODEL, monitor, "carol", 1, random -> again)).isEmpty();
    assertThat(monitor.hashesHeld()).isLessThanOrEqualTo(100 * 50);
  }

  @Test
  void what_is_remembered_matches_like_a_comparison_with_all() {
    Remembered remembered = new Remembered(30, 10);
    List<long[]> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long[] fingerprint =
          Seed.of(5).forExample(i).longs(0, 400).distinct().limit(10).sorted().toArray();
      int expected = 0;
      for (long[] other : all.subList(Math.max(0, all.size() - 30), all.size())) {
        int shared = 0;
        for (long hash : fingerprint) {
          shared += Arrays.binarySearch(other, hash) >= 0 ? 1 : 0;
        }
        expected = Math.max(expected, shared);
      }
      assertThat(remembered.matchAndKeep(fingerprint)).as("input %s", i).isEqualTo(expected);
      all.add(fingerprint);
    }
  }

  @Test
  void fingerprints_share_what_windows_have_in_common_wherever_it_stands() {
    NearDuplicateSettings settings =
        new NearDuplicateSettings(0.01f, 5, false, 100, 0.5f, 0, 10, 10);
    Fingerprinter fingerprinter = new Fingerprinter(settings, Seed.of(1));
    float[] a = Traffic.noise(Seed.of(1).forExample(0));
    float[] b = Traffic.noise(Seed.of(1).forExample(1));
    System.arraycopy(a, 10, b, 40, 25); // 21 windows of 5
    long[] ofA = fingerprinter.of(a);
    long shared =
        Arrays.stream(fingerprinter.of(b))
            .filter(hash -> Arrays.binarySearch(ofA, hash) >= 0)
            .count();
    assertThat(ofA).hasSize(96).isSorted();
    assertThat(shared).isEqualTo(21);
    assertThat(new Fingerprinter(settings, Seed.of(2)).of(a)).doesNotContain(ofA);
    assertThat(fingerprinter.of(new float[] {0.5f, 0.5f})).hasSize(1);
  }

  private static Monitor suspectingFrom(String name, int row) {
    Watch<int[]> watch = new Watch<>(name, 10, () -> new int[1]);
    return new Monitor() {
      @Override
      public Optional<Alarm> observe(Query query, Batch probabilities) {
        return watch.observe(query, (seen, i) -> ++seen[0] >= row ? "enough" : null);
      }
    };
  }

  @Test
  void an_ensemble_speaks_with_its_last_vote_and_once_only() {
    Ensemble ensemble =
        Ensemble.of(2, 10, suspectingFrom("a", 3), suspectingFrom("b", 7), suspectingFrom("c", 9));
    GuardedModel guarded = GuardedModel.of(MODEL).guardedBy(ensemble);
    List<Alarm> alarms = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      alarms.addAll(((Reply.Answered) guarded.ask("eve", HONEST.slice(0, 1))).alarms());
    }
    assertThat(alarms).containsExactly(new Alarm("Ensemble", "eve", 7, "a: enough; b: enough"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ensemble.of(3, 10, suspectingFrom("a", 1)))
        .withMessage("votes must be at most the 1 monitors, but was 3");
  }

  @Test
  void monitors_watch_no_more_clients_than_they_may() {
    Watch<int[]> watch = new Watch<>("w", 50, () -> new int[1]);
    for (int i = 0; i < 5000; i++) {
      watch.observe(new Query("client " + i, HONEST.slice(0, 1), NOON), (seen, row) -> null);
    }
    assertThat(watch.clientsHeld()).isLessThanOrEqualTo(50);
  }

  @Test
  void threads_that_meet_at_one_client_raise_one_alarm_at_the_right_row() throws Exception {
    GuardedModel guarded = GuardedModel.of(MODEL).guardedBy(suspectingFrom("a", 1000));
    List<Callable<List<Alarm>>> tasks = new ArrayList<>();
    for (int t = 0; t < 16; t++) {
      tasks.add(
          () -> {
            List<Alarm> alarms = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
              alarms.addAll(((Reply.Answered) guarded.ask("eve", HONEST.slice(0, 3))).alarms());
            }
            return alarms;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(16);
    List<Alarm> all = new ArrayList<>();
    for (Future<List<Alarm>> result : threads.invokeAll(tasks)) {
      all.addAll(result.get());
    }
    threads.shutdown();
    assertThat(all).containsExactly(new Alarm("a", "eve", 1000, "enough"));
  }

  @Test
  void who_gave_alarm_is_refused_until_the_term_is_over() {
    Instant[] now = {NOON};
    GuardedModel guarded =
        GuardedModel.of(MODEL)
            .guardedBy(Quarantine.of(Duration.ofHours(1), 10), suspectingFrom("a", 2))
            .withClock(() -> now[0]);
    Batch one = HONEST.slice(0, 1);
    assertThat(guarded.ask("eve", one)).isInstanceOf(Reply.Answered.class);
    assertThat(guarded.ask("eve", one)).isInstanceOf(Reply.Answered.class);
    now[0] = NOON.plusSeconds(600);
    assertThat(guarded.ask("eve", one))
        .isEqualTo(
            new Reply.Limited(
                "Quarantine", "the client is suspended", Optional.of(Duration.ofMinutes(50))));
    assertThat(guarded.ask("alice", one)).isInstanceOf(Reply.Answered.class);
    now[0] = NOON.plusSeconds(3600);
    assertThat(guarded.ask("eve", one)).isInstanceOf(Reply.Answered.class);
    assertThatIllegalArgumentException().isThrownBy(() -> Quarantine.of(Duration.ZERO, 10));
  }

  @Test
  void meters_count_queries_rows_refusals_and_alarms_without_clients_names() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    GuardedModel guarded =
        GuardedModel.of(MODEL)
            .guardedBy(Quarantine.of(Duration.ofHours(1), 10), suspectingFrom("a", 3))
            .withClock(() -> NOON)
            .withAudit(new GuardMeters(registry));
    guarded.ask("eve", HONEST.slice(0, 3));
    guarded.ask("eve", HONEST.slice(0, 2));
    guarded.ask("eve", Batch.of(new float[] {1}));
    assertThat(registry.counter("gauntlet.rows", "outcome", "answered").count()).isEqualTo(3);
    assertThat(registry.counter("gauntlet.queries", "outcome", "limited").count()).isEqualTo(1);
    assertThat(registry.counter("gauntlet.queries", "outcome", "invalid").count()).isEqualTo(1);
    assertThat(registry.counter("gauntlet.refusals", "guard", "Quarantine").count()).isEqualTo(1);
    assertThat(registry.counter("gauntlet.alarms", "monitor", "a").count()).isEqualTo(1);
    assertThat(registry.getMeters().toString()).doesNotContain("eve");
  }

  @Test
  void settings_out_of_range_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sensitivity.standard().withFalseAlarmRate(0))
        .withMessageContaining("falseAlarmRate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PradaSettings.standard().withNormality(Double.NaN))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NearDuplicateSettings.standard().withTolerated(-1))
        .withMessageContaining("tolerated");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NearDuplicateSettings.standard().withQueries(6_000_000))
        .withMessage("queries x hashes must be at most 268435456, but was 6000000 x 50");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MarginProfile.of(Batch.of(new float[] {1, 0}), SENSITIVITY))
        .withMessageContaining("honest rows");
  }
}
