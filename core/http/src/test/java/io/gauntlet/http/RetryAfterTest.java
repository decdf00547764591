package io.gauntlet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final String NOW = "Sun, 06 Nov 1994 08:49:37 GMT";

  private static Optional<Duration> in(Map<String, List<String>> fields) {
    return RetryAfter.in(HttpHeaders.of(fields, (name, value) -> true));
  }

  private static Optional<Duration> in(String field) {
    return in(Map.of("Retry-After", List.of(field), "Date", List.of(NOW)));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "120, 120", "' 7 ', 7", "999999999, 999999999"})
  void is_read_in_seconds(String field, long seconds) {
    assertThat(in(field)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void is_read_as_a_date_of_the_servers_own_clock() {
    assertThat(in("Sun, 06 Nov 1994 08:50:07 GMT")).contains(Duration.ofSeconds(30));
    assertThat(in("Mon, 07 Nov 1994 08:49:37 GMT")).contains(Duration.ofDays(1));
    assertThat(in(NOW)).contains(Duration.ZERO);
    assertThat(in("Sun, 06 Nov 1994 08:00:00 GMT")).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "1.5", "soon", "99999999999999", "Sun, 99 Nov 1994 08:49:37 GMT"})
  void is_nothing_where_it_cannot_be_read(String field) {
    assertThat(in(field)).isEmpty();
  }

  @Test
  void is_nothing_where_it_is_not_there_or_a_date_without_a_clock() {
    assertThat(in(Map.of())).isEmpty();
    assertThat(in(Map.of("Retry-After", List.of(NOW)))).isEmpty();
  }

  @Test
  void the_pause_is_what_the_server_demands_if_that_is_allowed() {
    Retries retries = Retries.standard();
    assertThat(retries.before(3, Optional.of(Duration.ZERO))).contains(Duration.ZERO);
    assertThat(retries.before(0, Optional.of(Duration.ofSeconds(60))))
        .contains(Duration.ofSeconds(60));
    assertThat(retries.before(0, Optional.of(Duration.ofSeconds(61)))).isEmpty();
  }

  @Test
  void the_pause_doubles_up_to_the_longest_where_the_server_demands_none() {
    Retries retries = new Retries(9, Duration.ofSeconds(2), Duration.ofSeconds(15));
    assertThat(List.of(0, 1, 2, 3, 4, 1_000_000))
        .extracting(retry -> retries.before(retry, Optional.empty()).orElseThrow().toSeconds())
        .containsExactly(2L, 4L, 8L, 15L, 15L, 15L);
    assertThat(Retries.none().before(5, Optional.empty())).contains(Duration.ZERO);
  }

  @Test
  void bounds_that_do_not_fit_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Retries(-1, Duration.ZERO, Duration.ZERO))
        .withMessage("most must be at least 0, but was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Retries(1, Duration.ofSeconds(-1), Duration.ZERO))
        .withMessage("pauses must not be negative nor above the longest PT0S, but was PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Retries(1, Duration.ofSeconds(2), Duration.ofSeconds(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpOptions.standard().withTimeout(Duration.ZERO))
        .withMessage("timeout must be positive, but was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpOptions.standard().withBatch(0))
        .withMessage("batch must be at least 1, but was 0");
  }
}
