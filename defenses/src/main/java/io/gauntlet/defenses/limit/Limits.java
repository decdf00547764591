package io.gauntlet.defenses.limit;

import io.gauntlet.model.Check;
import java.time.Duration;
import java.util.List;

/**
 * How many rows may be asked.
 *
 * @param perClient windows of each client, all of which must have room; may be empty
 * @param lifetime rows that a client may ask in all; at least 1, {@link #UNLIMITED} for no bound
 * @param everybody windows of all clients together, against a thief with many names; may be empty
 * @param clients how many clients are remembered exactly; at least 1. Those beyond are remembered
 *     to their disadvantage, see {@link QueryLimiter}
 */
public record Limits(List<Window> perClient, long lifetime, List<Window> everybody, int clients) {
  /** No lifetime budget. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Copies and checks. */
  public Limits {
    perClient = List.copyOf(perClient);
    everybody = List.copyOf(everybody);
    Check.atLeast(1, lifetime, "lifetime");
    Check.atLeast(1, clients, "clients");
    if (clients > DebtSketch.MOST_CLIENTS) {
      throw new IllegalArgumentException(
          "clients must be at most %s, but was %s".formatted(DebtSketch.MOST_CLIENTS, clients));
    }
  }

  /**
   * 100 rows per second and 10,000 per day for a client, 100,000 in its life; a million per day for
   * all together; 10,000 clients remembered exactly. Papernot 2017 stole a digit classifier with
   * 6,400 queries, KnockoffNets asks 60,000: fit the numbers to the honest clients, then a thief
   * needs days.
   */
  public static Limits standard() {
    return new Limits(
        List.of(new Window(100, Duration.ofSeconds(1)), new Window(10_000, Duration.ofDays(1))),
        100_000,
        List.of(new Window(1_000_000, Duration.ofDays(1))),
        10_000);
  }

  /** No limits but these windows of each client. */
  public static Limits of(Window... windows) {
    return new Limits(List.of(windows), UNLIMITED, List.of(), 10_000);
  }

  /** Same limits with another lifetime budget. */
  public Limits withLifetime(long newLifetime) {
    return new Limits(perClient, newLifetime, everybody, clients);
  }

  /** Same limits with other windows of all clients together. */
  public Limits withEverybody(Window... windows) {
    return new Limits(perClient, lifetime, List.of(windows), clients);
  }

  /** Same limits with another number of clients remembered exactly. */
  public Limits withClients(int newClients) {
    return new Limits(perClient, lifetime, everybody, newClients);
  }
}
