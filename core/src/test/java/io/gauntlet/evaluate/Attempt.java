package io.gauntlet.evaluate;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;

/** Attacks written by hand, so that a test knows exactly what they ask and return. */
record Attempt<M extends Model>(String name, Attack<M> search) implements Attack<M> {
  @Override
  public Batch perturb(M model, Neighbourhood allowed, Goal goal, Seed seed) {
    return search.perturb(model, allowed, goal, seed);
  }

  @Override
  public String title() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Returns something without asking the model. */
  static Attempt<Model> returning(String name, Proposal proposal) {
    return new Attempt<>(name, (model, allowed, goal, seed) -> proposal.of(allowed));
  }

  /** What an attack returns for a neighbourhood. */
  interface Proposal {
    Batch of(Neighbourhood allowed);
  }

  /** Adds {@code by} to every feature, unasked, as far as ball and domain allow. */
  static Attempt<Model> shift(float by) {
    return returning("Shift " + by, allowed -> shifted(allowed, by));
  }

  /** Adds {@code by} to every feature after asking {@code times} times about the clean input. */
  static Attempt<Model> ask(int times, float by) {
    return new Attempt<>(
        "Ask " + times,
        (model, allowed, goal, seed) -> {
          for (int i = 0; i < times; i++) {
            model.logits(allowed.clean());
          }
          return shifted(allowed, by);
        });
  }

  /**
   * One gradient at the clean input, then adds {@code by} to every feature; without a bound, goes
   * where the gradient says as far as the domain allows.
   */
  static Attempt<DifferentiableModel> look(float by) {
    return new Attempt<>(
        "Look " + by,
        (model, allowed, goal, seed) -> {
          Batch x = allowed.clean();
          Batch slope = model.gradient(x, goal.loss(Objective.CROSS_ENTROPY)).byInput();
          return allowed.isBounded()
              ? shifted(allowed, by)
              : allowed.project(x.plus(allowed.steepest(x, slope, allowed.radius())));
        });
  }

  static Batch shifted(Neighbourhood allowed, float by) {
    return allowed.project(shifted(allowed.clean(), by));
  }

  static Batch shifted(Batch batch, float by) {
    return batch.editRows(
        (i, x) -> {
          for (int j = 0; j < x.length; j++) {
            x[j] += by;
          }
        });
  }
}
