package io.gauntlet.defenses.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class QueryLimiterTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);

  private static Query query(String client, int rows, Duration afterNoon) {
    return new Query(client, Batch.wrap(1, new float[rows]), NOON.plus(afterNoon));
  }

  private static boolean passes(QueryLimiter limiter, String client, int rows, Duration after) {
    return limiter.admit(query(client, rows, after)).isEmpty();
  }

  private static Reply.Limited refusal(
      QueryLimiter limiter, String client, int rows, Duration after) {
    return limiter.admit(query(client, rows, after)).orElseThrow();
  }

  @Test
  void a_window_lets_its_rows_pass_and_the_next_one_exactly_when_it_said() {
    QueryLimiter limiter = QueryLimiter.of(Limits.of(new Window(10, SECOND)));
    assertThat(passes(limiter, "alice", 7, Duration.ZERO)).isTrue();
    assertThat(passes(limiter, "alice", 3, Duration.ZERO)).isTrue();
    Reply.Limited refusal = refusal(limiter, "alice", 1, Duration.ZERO);
    assertThat(refusal.retryAfter()).contains(Duration.ofMillis(100));
    assertThat(refusal.retryAfterSeconds()).contains(1L);
    assertThat(refusal.reason()).contains("1 rows", "10 rows per PT1S");
    assertThat(passes(limiter, "alice", 1, Duration.ofNanos(99_999_999))).isFalse();
    assertThat(passes(limiter, "alice", 1, Duration.ofMillis(100))).isTrue();
    assertThat(passes(limiter, "bob", 10, Duration.ofMillis(100))).isTrue();
  }

  @Test
  void all_windows_must_have_room_and_none_is_charged_for_a_refusal() {
    QueryLimiter limiter = QueryLimiter.of(Limits.of(new Window(10, SECOND), new Window(15, DAY)));
    assertThat(passes(limiter, "alice", 10, Duration.ZERO)).isTrue();
    assertThat(passes(limiter, "alice", 6, SECOND)).isFalse(); // 5 left of the day
    assertThat(passes(limiter, "alice", 5, SECOND)).isTrue();
    assertThat(refusal(limiter, "alice", 1, SECOND.multipliedBy(2)).retryAfter())
        .hasValueSatisfying(wait -> assertThat(wait).isGreaterThan(Duration.ofMinutes(90)));
  }

  @Test
  void waiting_helps_neither_a_spent_life_nor_a_query_larger_than_a_window() {
    QueryLimiter limiter = QueryLimiter.of(Limits.of(new Window(10, SECOND)).withLifetime(12));
    assertThat(refusal(limiter, "alice", 11, Duration.ZERO).retryAfter()).isEmpty();
    assertThat(passes(limiter, "alice", 10, Duration.ZERO)).isTrue();
    Reply.Limited refusal = refusal(limiter, "alice", 3, DAY);
    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(refusal.reason()).contains("3 rows", "lifetime budget of 12");
    assertThat(passes(limiter, "alice", 2, DAY)).isTrue();
    assertThat(passes(limiter, "alice", 1, DAY.multipliedBy(365))).isFalse();
  }

  @Test
  void a_ceiling_over_everybody_holds_many_names_and_charges_nobody_it_refuses() {
    Limits limits = Limits.of(new Window(3, DAY)).withEverybody(new Window(5, SECOND));
    QueryLimiter limiter = QueryLimiter.of(limits);
    for (int i = 0; i < 5; i++) {
      assertThat(passes(limiter, "thief " + i, 1, Duration.ZERO)).isTrue();
    }
    Reply.Limited refusal = refusal(limiter, "alice", 3, Duration.ZERO);
    assertThat(refusal.retryAfter()).contains(Duration.ofMillis(600));
    assertThat(passes(limiter, "alice", 3, Duration.ofMillis(600))).isTrue();
  }

  @Test
  void a_refusal_by_the_client_takes_nothing_from_everybody() {
    Limits limits = Limits.of(new Window(1, DAY)).withEverybody(new Window(2, DAY));
    QueryLimiter limiter = QueryLimiter.of(limits);
    assertThat(passes(limiter, "alice", 1, Duration.ZERO)).isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(passes(limiter, "alice", 1, Duration.ZERO)).isFalse();
    }
    assertThat(passes(limiter, "bob", 1, Duration.ZERO)).isTrue();
  }

  @Test
  void what_is_given_back_can_be_asked_again_everywhere() {
    QueryLimiter limiter =
        QueryLimiter.of(
            Limits.of(new Window(4, DAY)).withLifetime(4).withEverybody(new Window(4, DAY)));
    assertThat(passes(limiter, "alice", 4, Duration.ZERO)).isTrue();
    limiter.giveBack(query("alice", 4, Duration.ZERO));
    assertThat(passes(limiter, "alice", 4, Duration.ZERO)).isTrue();
    assertThat(passes(limiter, "alice", 1, Duration.ZERO)).isFalse();
  }

  @Test
  void a_clock_that_runs_backwards_fills_no_window() {
    QueryLimiter limiter = QueryLimiter.of(Limits.of(new Window(10, SECOND)));
    assertThat(passes(limiter, "alice", 10, SECOND)).isTrue();
    assertThat(passes(limiter, "alice", 1, Duration.ZERO)).isFalse();
    assertThat(passes(limiter, "alice", 1, SECOND)).isFalse();
    assertThat(passes(limiter, "alice", 1, Duration.ofMillis(1100))).isTrue();
  }

  @Test
  void no_limits_refuse_nobody() {
    QueryLimiter limiter = QueryLimiter.of(Limits.of());
    for (int i = 0; i < 1000; i++) {
      assertThat(passes(limiter, "alice", 1000, Duration.ZERO)).isTrue();
    }
  }

  @Test
  void who_was_forgotten_under_a_full_window_still_waits_for_it() {
    Limits limits = Limits.of(new Window(1000, DAY)).withClients(10);
    QueryLimiter limiter = QueryLimiter.of(limits);
    assertThat(passes(limiter, "alice", 1000, Duration.ZERO)).isTrue();
    for (int i = 0; i < 100; i++) {
      limiter.admit(query("passer-by " + i, 1, Duration.ZERO));
    }
    assertThat(limiter.clientsHeld()).isLessThanOrEqualTo(10);
    assertThat(passes(limiter, "alice", 1, Duration.ZERO)).isFalse();
    Duration noonTomorrow = DAY.dividedBy(2);
    assertThat(passes(limiter, "alice", 501, noonTomorrow)).isFalse();
    assertThat(passes(limiter, "alice", 498, noonTomorrow)).isTrue();
  }

  @Test
  void forgetting_clients_never_lets_more_pass_than_remembering_them_all() {
    Window burst = new Window(7, Duration.ofSeconds(3));
    Window day = new Window(40, Duration.ofSeconds(50));
    Limits limits = Limits.of(burst, day).withLifetime(90);
    for (int run = 0; run < 50; run++) {
      RandomGenerator random = Seed.of(run).forExample(0);
      QueryLimiter forgetful = QueryLimiter.of(limits.withClients(2));
      QueryLimiter exact = QueryLimiter.of(limits);
      long[] forgetfulRows = new long[12];
      long[] exactRows = new long[12];
      Duration after = Duration.ZERO;
      for (int i = 0; i < 2000; i++) {
        after = after.plusNanos(random.nextLong(50_000_000));
        int client = random.nextInt(12);
        // one row at a time, so that what passes is what was due
        forgetfulRows[client] += passes(forgetful, "client " + client, 1, after) ? 1 : 0;
        exactRows[client] += passes(exact, "client " + client, 1, after) ? 1 : 0;
        assertThat(forgetfulRows[client])
            .as("client %s", client)
            .isLessThanOrEqualTo(exactRows[client]);
      }
      assertThat(forgetful.clientsHeld()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void a_sketch_never_remembers_less_than_was_owed() {
    DebtSketch sketch = new DebtSketch(4);
    for (int i = 0; i < 1000; i++) {
      sketch.raise("client " + i, i);
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(sketch.of("client " + i)).isGreaterThanOrEqualTo(i);
    }
    DebtSketch roomy = new DebtSketch(1000);
    roomy.raise("alice", 5);
    assertThat(roomy.of("alice")).isEqualTo(5);
    assertThat(roomy.of("bob")).isZero();
  }

  @Test
  void limits_that_cannot_be_counted_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(0, DAY))
        .withMessage("rows must be at least 1, but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(1, Duration.ZERO))
        .withMessageContaining("PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(1, Duration.ofDays(40_000)))
        .withMessageContaining("PT960000H");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.standard().withLifetime(0))
        .withMessageContaining("lifetime");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.standard().withClients(1 << 25))
        .withMessageContaining("33554432");
    assertThat(QueryLimiter.of(Limits.standard()).admit(query("alice", 100, Duration.ZERO)))
        .isEqualTo(Optional.empty());
    assertThat(Limits.standard().perClient())
        .isEqualTo(List.of(new Window(100, SECOND), new Window(10_000, DAY)));
  }
}
