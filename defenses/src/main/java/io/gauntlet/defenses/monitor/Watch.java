package io.gauntlet.defenses.monitor;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Check;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a monitor knows of each client, for a bounded number of clients, until it raises alarm. */
final class Watch<S> {
  /** Looks at one row. */
  interface Look<S> {
    /** Takes the row into the client's state; returns the reason for an alarm, or null. */
    @Nullable String at(S state, int row);
  }

  private static final class Watched<S> {
    final S state;
    long rows;
    boolean alarmed;

    Watched(S state) {
      this.state = state;
    }
  }

  private final String monitor;
  private final Supplier<S> fresh;
  private final Cache<String, Watched<S>> clients;

  Watch(String monitor, int clients, Supplier<S> fresh) {
    Check.atLeast(1, clients, "clients");
    this.monitor = monitor;
    this.fresh = fresh;
    this.clients = Caffeine.newBuilder().maximumSize(clients).executor(Runnable::run).build();
  }

  /** Looks at the rows of a query until one gives alarm; never again at that client. */
  Optional<Alarm> observe(Query query, Look<S> look) {
    Watched<S> watched = clients.get(query.client(), name -> new Watched<>(fresh.get()));
    synchronized (watched) {
      for (int row = 0; row < query.rows() && !watched.alarmed; row++) {
        watched.rows++;
        String reason = look.at(watched.state, row);
        if (reason != null) {
          watched.alarmed = true;
          return Optional.of(new Alarm(monitor, query.client(), watched.rows, reason));
        }
      }
      return Optional.empty();
    }
  }

  long clientsHeld() {
    clients.cleanUp();
    return clients.estimatedSize();
  }
}
