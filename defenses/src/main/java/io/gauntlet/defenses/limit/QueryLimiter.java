package io.gauntlet.defenses.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.gauntlet.defenses.Admission;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.Reply;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Query budgets: token buckets for each client and for all together, and a lifetime budget.
 *
 * <p>A query costs its rows, all or none, and passes only if every window of its client, the
 * client's lifetime budget and every window of all together have room; otherwise nothing is charged
 * anywhere. That is exact whatever the number of threads. A query that was charged and not answered
 * is given back; until then its rows are taken.
 *
 * <p>Memory is bounded: of {@code limits.clients()} clients the exact state is kept. Of one that
 * must leave, two numbers for each limit are kept in sketches of fixed size, its rows spent and the
 * times at which its windows will be full again. When it comes back it goes on from there, and
 * never has more left than was due: at most two rows less in each window, because parts of rows are
 * dropped. Only where other departed clients fall on all four of its cells does it have less, as
 * little as the one of them with the largest debt; for windows that heals as time passes. With a
 * lifetime budget set {@code clients} to the number of clients that ever come, or the sketch fills
 * with spent budgets and newcomers find theirs spent as well: it errs by refusing.
 *
 * <p>State is lost with the process. A wall clock set forward fills windows early, one set back
 * stops them until it has caught up.
 *
 * <p><b>An adaptive thief</b> rotates identities: each has its own windows and lifetime, so that
 * only the windows of everybody hold him, and those he can empty for the honest clients too; what a
 * new identity costs is the real limit. Or he is patient: a window only stretches the theft over
 * more time; a lifetime budget ends it.
 */
public final class QueryLimiter implements Admission {
  private final Limits limits;
  private final LatestTime time = new LatestTime();
  private final Buckets everybody;
  private final Cache<String, ClientBudget> budgets;
  private final DebtSketch spent;
  private final DebtSketch[] fullAt;

  private QueryLimiter(Limits limits) {
    this.limits = limits;
    everybody = Buckets.shared(limits.everybody(), time);
    spent = new DebtSketch(limits.lifetime() == Limits.UNLIMITED ? 1 : limits.clients());
    fullAt =
        Stream.generate(() -> new DebtSketch(limits.clients()))
            .limit(limits.perClient().size())
            .toArray(DebtSketch[]::new);
    budgets =
        Caffeine.newBuilder()
            .maximumSize(limits.clients())
            .executor(Runnable::run) // evict at once: a bound that is kept later is none
            .evictionListener(this::retire)
            .build();
  }

  /** A limiter with every budget untouched. */
  public static QueryLimiter of(Limits limits) {
    return new QueryLimiter(limits);
  }

  @Override
  public Optional<Reply.Limited> admit(Query query) {
    time.advanceTo(query.at());
    return with(query.client(), budget -> charge(budget, query.rows()));
  }

  private Optional<Reply.Limited> charge(ClientBudget budget, long rows) {
    if (rows > limits.lifetime() - budget.spent()) {
      return refusal(
          "%s rows do not fit into the client's lifetime budget of %s"
              .formatted(rows, limits.lifetime()),
          Buckets.NEVER);
    }
    long wait = budget.buckets().waitFor(rows);
    if (wait > 0) {
      return refusal(
          "%s rows do not fit into the client's %s".formatted(rows, limits.perClient()), wait);
    }
    wait = everybody.take(rows);
    if (wait > 0) {
      return refusal("%s rows do not fit into what all clients share".formatted(rows), wait);
    }
    budget.buckets().take(rows);
    budget.spend(rows);
    return Optional.empty();
  }

  private Optional<Reply.Limited> refusal(String reason, long wait) {
    Optional<Duration> retryAfter =
        wait == Buckets.NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(wait));
    return Optional.of(new Reply.Limited(title(), reason, retryAfter));
  }

  @Override
  public void giveBack(Query query) {
    int rows = query.rows();
    everybody.giveBack(rows);
    with(
        query.client(),
        budget -> {
          budget.buckets().giveBack(rows);
          budget.spend(-rows);
          return Optional.empty();
        });
  }

  /** Uses the client's budget alone, never one that eviction has taken out of use meanwhile. */
  private <T> Optional<T> with(String client, Function<ClientBudget, Optional<T>> use) {
    while (true) {
      ClientBudget budget = budgets.get(client, this::recall);
      synchronized (budget) {
        if (!budget.isRetired()) {
          return use.apply(budget);
        }
      }
    }
  }

  private ClientBudget recall(String client) {
    Buckets buckets =
        Buckets.confined(limits.perClient(), time, window -> fullAt[window].of(client));
    return new ClientBudget(buckets, limited() ? spent.of(client) : 0);
  }

  /** Caffeine calls this inside the removal: nobody can recall the client before it returns. */
  private void retire(@Nullable String client, @Nullable ClientBudget budget, RemovalCause cause) {
    if (client == null || budget == null) {
      throw new IllegalStateException("budgets are held strongly, but one was collected: " + cause);
    }
    synchronized (budget) {
      budget.retire();
      if (limited()) {
        spent.raise(client, budget.spent());
      }
      IntStream.range(0, fullAt.length)
          .forEach(window -> fullAt[window].raise(client, budget.buckets().fullAt(window)));
    }
  }

  private boolean limited() {
    return limits.lifetime() != Limits.UNLIMITED;
  }

  /** Clients whose exact state is held now; never above {@code limits.clients()}. */
  public long clientsHeld() {
    budgets.cleanUp();
    return budgets.estimatedSize();
  }

  @Override
  public String toString() {
    return "QueryLimiter" + limits;
  }
}
