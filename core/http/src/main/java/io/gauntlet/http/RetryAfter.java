package io.gauntlet.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The field of that name, RFC 9110 section 10.2.3: seconds, or a date. */
final class RetryAfter {
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private RetryAfter() {}

  /**
   * The wait that a server asks for; empty if it names none or none that can be read. A date counts
   * from the server's own clock, its field {@code Date}: ours may be wrong.
   */
  static Optional<Duration> in(HttpHeaders headers) {
    Optional<String> field = headers.firstValue("Retry-After").map(String::strip);
    if (field.isEmpty()) {
      return Optional.empty();
    }
    if (SECONDS.matcher(field.get()).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(field.get())));
    }
    Optional<Instant> now = headers.firstValue("Date").flatMap(RetryAfter::date);
    Optional<Instant> then = date(field.get());
    return now.isPresent() && then.isPresent()
        ? Optional.of(notNegative(Duration.between(now.get(), then.get())))
        : Optional.empty();
  }

  private static Optional<Instant> date(String field) {
    try {
      return Optional.of(
          ZonedDateTime.parse(field, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration notNegative(Duration wait) {
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
