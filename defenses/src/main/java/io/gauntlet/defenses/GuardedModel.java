package io.gauntlet.defenses;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model behind guards, asked by clients who are told apart by name.
 *
 * <p>A query goes through the guards in the order in which they are listed, which {@link #toString}
 * shows: first every {@link Admission}, then the model, then {@link Monitor}s and {@link
 * OutputGuard}s. A monitor before an output guard sees what the model said, one behind it what the
 * client is told.
 *
 * <pre>{@code
 * GuardedModel guarded =
 *     GuardedModel.of(model)
 *         .guardedBy(QueryLimiter.of(Limits.standard()), Prada.standard(), Rounding.to(2));
 * Reply reply = guarded.ask("alice", inputs); // for servers: every end has a type
 * Model asAlice = guarded.forClient("alice"); // for attacks: refusals are exceptions
 * }</pre>
 *
 * <p>A filter that cannot call the model itself uses {@link #enter} on the way in and the {@link
 * Passage} it gives on the way out.
 *
 * <p>May be used by many threads at once. A model that is not thread-safe is asked by one of them
 * at a time.
 */
public final class GuardedModel {
  private final Model model;
  private final List<Admission> admissions;
  private final List<Guard> onTheWayOut;
  private final InstantSource clock;
  private final Audit audit;
  private final Lock turn;

  private GuardedModel(
      Model model,
      List<Admission> admissions,
      List<Guard> onTheWayOut,
      InstantSource clock,
      Audit audit,
      Lock turn) {
    this.model = model;
    this.admissions = admissions;
    this.onTheWayOut = onTheWayOut;
    this.clock = clock;
    this.audit = audit;
    this.turn = turn;
  }

  /** No guards yet, the system's clock, no audit. */
  public static GuardedModel of(Model model) {
    return new GuardedModel(
        model, List.of(), List.of(), Clock.systemUTC(), Audit.NONE, new ReentrantLock());
  }

  /**
   * Same model with further guards, behind those that are there.
   *
   * @throws IllegalArgumentException if an admission is to stand behind a guard of answers
   */
  public GuardedModel guardedBy(Guard... further) {
    List<Admission> before = new ArrayList<>(admissions);
    List<Guard> after = new ArrayList<>(onTheWayOut);
    for (Guard guard : further) {
      if (!(guard instanceof Admission admission)) {
        after.add(guard);
      } else if (after.isEmpty()) {
        before.add(admission);
      } else {
        throw new IllegalArgumentException(
            "admissions must stand before all guards of answers, but %s stands behind %s"
                .formatted(guard.title(), after.get(after.size() - 1).title()));
      }
    }
    return new GuardedModel(model, List.copyOf(before), List.copyOf(after), clock, audit, turn);
  }

  /** Same guards under another clock, which all of them go by. */
  public GuardedModel withClock(InstantSource newClock) {
    return new GuardedModel(model, admissions, onTheWayOut, newClock, audit, turn);
  }

  /** Same guards, and {@code newAudit} hears of every query. */
  public GuardedModel withAudit(Audit newAudit) {
    return new GuardedModel(model, admissions, onTheWayOut, clock, newAudit, turn);
  }

  /** The guards in their order. */
  public List<Guard> guards() {
    return Stream.concat(admissions.stream(), onTheWayOut.stream()).toList();
  }

  /** The model behind the guards. */
  public Model unguarded() {
    return model;
  }

  /**
   * What one client sees: a model that throws {@link QueryLimitExceededException} where the client
   * is over a limit, {@link IllegalArgumentException} where the inputs do not fit. Its logits are
   * those of {@link Reply.Answered}.
   *
   * @param client public name of the client; not blank
   */
  public Model forClient(String client) {
    return new ClientView(this, client);
  }

  /**
   * Passes a query through the guards and the model. Says how it ended instead of throwing; what
   * the audit throws, and errors of the virtual machine, come through.
   *
   * @param client public name of the client; not blank
   * @param inputs shape (rows, features), at least one row
   */
  public Reply ask(String client, Batch inputs) {
    Passage passage = enter(client, inputs);
    if (passage.refusal().isPresent()) {
      return passage.refusal().get();
    }
    Batch logits;
    try {
      logits = inTurn(inputs);
    } catch (RuntimeException e) {
      return passage.fail(e);
    }
    return passage.leave(logits);
  }

  /**
   * The way in alone, for a filter in front of a handler that asks the model itself: the handler
   * may go on unless the passage has a {@link Passage#refusal}, and must end it by {@link
   * Passage#leave} or {@link Passage#fail}.
   *
   * @param client public name of the client; not blank
   * @param inputs shape (rows, features), at least one row
   */
  public Passage enter(String client, Batch inputs) {
    return Passage.begin(new Query(client, inputs, clock.instant()), this);
  }

  Model model() {
    return model;
  }

  List<Admission> admissions() {
    return admissions;
  }

  List<Guard> onTheWayOut() {
    return onTheWayOut;
  }

  Audit audit() {
    return audit;
  }

  private Batch inTurn(Batch inputs) {
    if (model.concurrency().threadSafe()) {
      return model.logits(inputs);
    }
    turn.lock();
    try {
      return model.logits(inputs);
    } finally {
      turn.unlock();
    }
  }

  /** The stages in order, such as {@code QueryLimiter > model > Prada > Rounding}. */
  @Override
  public String toString() {
    return Stream.of(
            admissions.stream().map(Guard::title),
            Stream.of("model"),
            onTheWayOut.stream().map(Guard::title))
        .flatMap(titles -> titles)
        .collect(Collectors.joining(" > "));
  }

  private record ClientView(GuardedModel guarded, String client) implements Model {
    @Override
    public Shape inputShape() {
      return guarded.model.inputShape();
    }

    @Override
    public Domain domain() {
      return guarded.model.domain();
    }

    @Override
    public int classes() {
      return guarded.model.classes();
    }

    @Override
    public Concurrency concurrency() {
      return guarded.model.concurrency();
    }

    @Override
    public String fingerprint() {
      return guarded.model.fingerprint() + " behind " + guarded.guards();
    }

    @Override
    public Batch logits(Batch inputs) {
      Reply reply = guarded.ask(client, inputs);
      if (reply instanceof Reply.Answered answered) {
        return answered.logits();
      }
      if (reply instanceof Reply.Limited limited) {
        throw new QueryLimitExceededException(limited);
      }
      if (reply instanceof Reply.Invalid invalid) {
        throw new IllegalArgumentException(invalid.reason());
      }
      ModelException cause = ((Reply.Failed) reply).cause();
      throw cause;
    }
  }
}
