package io.gauntlet.evaluate;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Suite;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An evaluation to be: which model, under which threat, attacked by what. Immutable; every method
 * returns a new one, so that one can serve as the template of many.
 *
 * <pre>{@code
 * RobustnessReport report =
 *     Robustness.of(model)
 *         .under(ThreatModel.linf(8 / 255f))
 *         .attackedBy(Fgsm.standard(), Pgd.standard())
 *         .withSeed(42)
 *         .evaluate(examples);
 * }</pre>
 *
 * @param <M> {@code DifferentiableModel} or {@code Model}: what is known about the model, and so
 *     which attacks fit
 */
public final class Robustness<M extends Model> {
  private final Target<M> target;
  private final ThreatModel threat;
  private final List<Suite<M>> suites;
  private final Options options;

  /** Everything that has a default. Changed only while {@link #with} makes a copy. */
  private static final class Options {
    private Seed seed = Seed.of(0);
    private Optional<Labels> targets = Optional.empty();
    private OptionalInt workers = OptionalInt.empty();
    private OptionalInt batch = OptionalInt.empty();
    private Optional<Duration> timeLimit = Optional.empty();
    private Optional<Path> checkpoint = Optional.empty();
    private Optional<SelfCheck> selfCheck = Optional.empty();
    private Progress progress = Progress.SILENT;

    private Options copy() {
      Options copy = new Options();
      copy.seed = seed;
      copy.targets = targets;
      copy.workers = workers;
      copy.batch = batch;
      copy.timeLimit = timeLimit;
      copy.checkpoint = checkpoint;
      copy.selfCheck = selfCheck;
      copy.progress = progress;
      return copy;
    }
  }

  private Robustness(Target<M> target, ThreatModel threat, List<Suite<M>> suites, Options options) {
    this.target = target;
    this.threat = threat;
    this.suites = List.copyOf(suites);
    this.options = options;
  }

  /** A model that still needs a threat model. */
  public static final class Target<M extends Model> {
    private final Model model;
    private final Function<Labels, M> attacked;
    private final boolean adaptive;
    private final BiFunction<M, Tally, M> metered;

    private Target(
        Model model,
        Function<Labels, M> attacked,
        boolean adaptive,
        BiFunction<M, Tally, M> metered) {
      this.model = model;
      this.attacked = attacked;
      this.adaptive = adaptive;
      this.metered = metered;
    }

    /** What its attackers may do. */
    public Robustness<M> under(ThreatModel threat) {
      return new Robustness<>(this, threat, List.of(), new Options());
    }
  }

  /** Starts an evaluation of a model that white-box attacks can differentiate through. */
  public static Target<DifferentiableModel> of(DifferentiableModel model) {
    return new Target<>(model, labels -> model, false, DifferentiableMeter::new);
  }

  /**
   * Starts an evaluation of a defended model by attackers who know the defense: they follow {@link
   * DefendedModel#adaptive}, and the defended model's own answers count.
   */
  public static Target<DifferentiableModel> of(DefendedModel model) {
    return new Target<>(model, model::adaptive, true, DifferentiableMeter::new);
  }

  /**
   * Starts an evaluation of a defended model by attackers who overlook the defense, to set beside
   * that of {@link #of(DefendedModel)}. A caveat says that it is no measure of robustness.
   */
  public static Target<DifferentiableModel> naively(DefendedModel model) {
    return new Target<>(model, labels -> model.naive(), false, DifferentiableMeter::new);
  }

  /** Starts an evaluation of a model that only answers: white-box attacks do not compile. */
  public static Target<Model> of(Model model) {
    return new Target<>(model, labels -> model, false, Meter::new);
  }

  /**
   * Adds attacks. They run in this order, each on the examples that are still standing; an example
   * counts as robust only if it survives all of them.
   */
  @SafeVarargs
  public final Robustness<M> attackedBy(Attack<? super M>... more) {
    List<Attack<? super M>> listed = new ArrayList<>();
    for (Attack<? super M> attack : more) {
      listed.add(attack);
    }
    return attackedBy(listed);
  }

  /** Adds attacks, as {@link #attackedBy(Attack[])} does. */
  public Robustness<M> attackedBy(List<? extends Attack<? super M>> more) {
    List<Attack<? super M>> attacks = List.copyOf(more);
    return attacks.isEmpty() ? this : plus((m, t) -> new Suite.Line<>(attacks, List.of()));
  }

  /**
   * Adds the attacks of a suite. Where it had to depart from what its name promises, a caveat says
   * so.
   */
  public Robustness<M> attackedBy(Suite<M> suite) {
    return plus(suite);
  }

  private Robustness<M> plus(Suite<M> suite) {
    List<Suite<M>> all = new ArrayList<>(suites);
    all.add(suite);
    return new Robustness<>(target, threat, all, options);
  }

  /** Uses another random stream than seed 0. */
  public Robustness<M> withSeed(long root) {
    return with(o -> o.seed = Seed.of(root));
  }

  /**
   * Wants a certain class instead of any wrong one: an example is fooled only when the model
   * answers its target.
   *
   * @param targets one class for each example, never its label
   */
  public Robustness<M> towards(Labels targets) {
    return with(o -> o.targets = Optional.of(targets));
  }

  /**
   * Uses this many workers instead of as many as the model prefers.
   *
   * @param workers at least 1; exactly 1 for a model that is not thread-safe
   */
  public Robustness<M> withWorkers(int workers) {
    Check.atLeast(1, workers, "workers");
    return with(o -> o.workers = OptionalInt.of(workers));
  }

  /** Hands the model at most this many examples at once instead of its preferred batch. */
  public Robustness<M> withBatch(int batch) {
    Check.atLeast(1, batch, "batch");
    return with(o -> o.batch = OptionalInt.of(batch));
  }

  /**
   * Ends after this time at the next call of the model. What was found by then stays; examples that
   * were not through with every attack end as {@link Outcome.Unfinished}, and a caveat says so.
   */
  public Robustness<M> withTimeLimit(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("time limit must be positive, but was " + limit);
    }
    return with(o -> o.timeLimit = Optional.of(limit));
  }

  /**
   * Writes down every finished micro-batch, so that the same evaluation, started again after it was
   * killed or ran out of time, goes on where it was and ends with the same report.
   *
   * @param file made if it is not there; a file of another evaluation is refused
   */
  public Robustness<M> withCheckpoint(Path file) {
    return with(o -> o.checkpoint = Optional.of(file));
  }

  /**
   * Also puts the model to a check of its gradients on the first examples. What is found becomes a
   * caveat; the calls are no attack's queries.
   *
   * @throws IllegalArgumentException if the model has no gradients
   */
  public Robustness<M> withSelfCheck(SelfCheck check) {
    if (!(target.model instanceof DifferentiableModel || target.model instanceof DefendedModel)) {
      throw new IllegalArgumentException(
          "a self-check needs a model with gradients, but %s has none".formatted(target.model));
    }
    return with(o -> o.selfCheck = Optional.of(check));
  }

  /** Tells {@code progress} how far it is. */
  public Robustness<M> withProgress(Progress progress) {
    return with(o -> o.progress = progress);
  }

  private Robustness<M> with(Consumer<Options> change) {
    Options changed = options.copy();
    change.accept(changed);
    return new Robustness<>(target, threat, suites, changed);
  }

  /**
   * Attacks every example. Can be cancelled by interrupting the calling thread.
   *
   * @throws IllegalArgumentException if an input is outside the model's domain, shapes, labels or
   *     targets do not fit the model, or an attack does not work under the threat model's norm
   * @throws IllegalStateException if there is no attack
   * @throws io.gauntlet.model.ModelException if the model's answer is not one
   * @throws AttackContractException if an attack leaves the threat model
   * @throws CheckpointException if the checkpoint cannot be used
   * @throws EvaluationCancelledException if the calling thread is interrupted
   */
  public RobustnessReport evaluate(Examples examples) {
    if (suites.isEmpty()) {
      throw new IllegalStateException("no attack given: call attackedBy(...) before evaluate(...)");
    }
    M attacked = target.attacked.apply(examples.labels());
    List<Attack<? super M>> attacks = new ArrayList<>();
    List<String> departures = new ArrayList<>();
    for (Suite<M> suite : suites) {
      Suite.Line<M> line = suite.against(attacked, threat);
      attacks.addAll(line.attacks());
      departures.addAll(line.departures());
    }
    attacks.forEach(this::requireNorm);
    Concurrency concurrency = target.model.concurrency();
    Evaluation<M> evaluation =
        new Evaluation<>(
            target.model,
            attacked,
            target.adaptive,
            target.metered,
            threat,
            List.copyOf(attacks),
            List.copyOf(departures),
            options.seed,
            goal(examples),
            concurrency.checkWorkers(options.workers.orElse(concurrency.workers())),
            options.batch.orElse(concurrency.preferredBatch()),
            new Stopwatch(options.timeLimit),
            options.selfCheck,
            options.progress);
    return evaluation.run(examples, options.checkpoint);
  }

  private void requireNorm(Attack<?> attack) {
    if (!attack.norms().contains(threat.norm())) {
      throw new IllegalArgumentException(
          "%s works under %s, but the threat model is %s"
              .formatted(attack, attack.norms(), threat));
    }
  }

  private Goal goal(Examples examples) {
    Labels labels = examples.labels();
    if (options.targets.isEmpty()) {
      return new Goal.Untargeted(labels);
    }
    Labels targets = options.targets.get().check(target.model.classes());
    for (int row = 0; row < examples.count(); row++) {
      long example = examples.inputs().example(row);
      if (targets.classOf(example) == labels.atRow(row)) {
        throw new IllegalArgumentException(
            "a target must differ from the label, but example %s has both %s"
                .formatted(example, labels.atRow(row)));
      }
    }
    return new Goal.Targeted(labels, targets);
  }
}
