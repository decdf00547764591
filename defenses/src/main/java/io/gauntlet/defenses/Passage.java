package io.gauntlet.defenses;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One query on its way through the guards, for whoever asks the model elsewhere: a servlet or
 * reactive filter keeps it beside the request, from the way in to the way out.
 *
 * <pre>{@code
 * Passage passage = guarded.enter(client, inputs);
 * if (passage.refusal().isEmpty()) {
 *   Reply reply = passage.leave(logitsFromTheHandler); // or passage.fail(exception)
 * }
 * }</pre>
 */
public final class Passage {
  private final Query query;
  private final GuardedModel guarded;
  private final @Nullable Reply refusal;
  private final AtomicBoolean ended;

  private Passage(Query query, GuardedModel guarded, @Nullable Reply refusal) {
    this.query = query;
    this.guarded = guarded;
    this.refusal = refusal;
    ended = new AtomicBoolean(refusal != null);
  }

  static Passage begin(Query query, GuardedModel guarded) {
    Reply refusal = invalid(query, guarded).map(Reply.class::cast).orElse(null);
    if (refusal == null) {
      refusal = limited(query, guarded.admissions());
    }
    if (refusal != null) {
      guarded.audit().record(query, refusal);
    }
    return new Passage(query, guarded, refusal);
  }

  private static Optional<Reply.Invalid> invalid(Query query, GuardedModel guarded) {
    int features = guarded.model().inputShape().size();
    Batch inputs = query.inputs();
    if (inputs.rows() == 0) {
      return Optional.of(new Reply.Invalid("a query needs at least one row, but had none"));
    }
    if (inputs.width() != features) {
      return Optional.of(
          new Reply.Invalid(
              "inputs must have the model's %s features, but had %s"
                  .formatted(features, inputs.width())));
    }
    try {
      guarded.model().domain().check(inputs);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(new Reply.Invalid(String.valueOf(e.getMessage())));
    }
  }

  private static @Nullable Reply limited(Query query, List<Admission> admissions) {
    for (int i = 0; i < admissions.size(); i++) {
      Optional<Reply.Limited> limited = admissions.get(i).admit(query);
      if (limited.isPresent()) {
        admissions.subList(0, i).forEach(passed -> passed.giveBack(query));
        return limited.get();
      }
    }
    return null;
  }

  /** Why the query may not go on, already audited; empty if it may. */
  public Optional<Reply> refusal() {
    return Optional.ofNullable(refusal);
  }

  /**
   * The way out with the model's answer.
   *
   * @param logits shape (rows, classes)
   * @return {@link Reply.Answered}, or {@link Reply.Failed} where the scores are no answer
   * @throws IllegalStateException if the passage has ended already
   */
  public Reply leave(Batch logits) {
    end();
    Reply reply;
    try {
      reply = answered(query.inputs().answeredBy(logits));
    } catch (RuntimeException e) {
      return failed(e);
    }
    guarded.audit().record(query, reply);
    return reply;
  }

  /**
   * The way out where the model has failed: the query is not charged.
   *
   * @throws IllegalStateException if the passage has ended already
   */
  public Reply fail(RuntimeException cause) {
    end();
    return failed(cause);
  }

  private Reply answered(Batch logits) {
    int classes = guarded.model().classes();
    if (logits.width() != classes) {
      throw new ModelException(
          "the model must answer with its %s classes, but had %s scores"
              .formatted(classes, logits.width()));
    }
    Batch probabilities = Probabilities.of(logits);
    Batch told = logits;
    List<Alarm> alarms = new ArrayList<>();
    for (Guard guard : guarded.onTheWayOut()) {
      if (guard instanceof OutputGuard output) {
        Batch changed = output.apply(query, probabilities);
        probabilities = Probabilities.check(output, probabilities, changed);
        told = probabilities;
      } else if (guard instanceof Monitor monitor) {
        monitor.observe(query, probabilities).ifPresent(alarms::add);
      }
    }
    for (Alarm alarm : alarms) {
      guarded.admissions().forEach(admission -> admission.alarmed(alarm, query));
    }
    Batch last = told == logits ? logits : Probabilities.logits(told);
    return new Reply.Answered(probabilities, last, alarms);
  }

  private Reply failed(RuntimeException e) {
    guarded.admissions().forEach(admission -> admission.giveBack(query));
    ModelException cause =
        e instanceof ModelException model ? model : new ModelException("the model failed", e);
    Reply reply = new Reply.Failed(cause);
    guarded.audit().record(query, reply);
    return reply;
  }

  private void end() {
    if (!ended.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "a passage ends once, but that of " + query.client() + " had ended already");
    }
  }
}
