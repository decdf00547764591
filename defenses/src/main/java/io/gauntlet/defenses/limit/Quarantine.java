package io.gauntlet.defenses.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gauntlet.defenses.Admission;
import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.Reply;
import io.gauntlet.model.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Refuses every client whom a monitor suspects, for a while.
 *
 * <p>Of more clients in quarantine than are remembered, some are let out early. False alarms stop
 * honest clients: know their rate before you put it in front of a model.
 *
 * <p><b>An adaptive thief</b> learns from the refusal that he has been noticed, after how many
 * queries, and comes back under another name and with another manner. An alarm that only the
 * operator hears of tells him nothing.
 */
public final class Quarantine implements Admission {
  private final Duration term;
  private final Cache<String, Instant> until;

  private Quarantine(Duration term, int clients) {
    this.term = term;
    until = Caffeine.newBuilder().maximumSize(clients).executor(Runnable::run).build();
  }

  /**
   * A quarantine in which nobody is.
   *
   * @param term how long it lasts from the query that gave alarm; positive
   * @param clients how many are remembered; at least 1
   */
  public static Quarantine of(Duration term, int clients) {
    if (term.isNegative() || term.isZero()) {
      throw new IllegalArgumentException("term must be positive, but was " + term);
    }
    Check.atLeast(1, clients, "clients");
    return new Quarantine(term, clients);
  }

  @Override
  public Optional<Reply.Limited> admit(Query query) {
    Instant end = until.getIfPresent(query.client());
    if (end == null || !end.isAfter(query.at())) {
      return Optional.empty();
    }
    Duration left = Duration.between(query.at(), end);
    return Optional.of(new Reply.Limited(title(), "the client is suspended", Optional.of(left)));
  }

  @Override
  public void alarmed(Alarm alarm, Query query) {
    until.put(alarm.client(), query.at().plus(term));
  }
}
