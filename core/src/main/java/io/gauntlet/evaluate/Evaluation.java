package io.gauntlet.evaluate;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One run: clean predictions first, then attack after attack, each over the examples that are still
 * standing, cut into micro-batches.
 */
record Evaluation<M extends Model>(
    M model,
    BiFunction<M, Tally, M> metered,
    ThreatModel threat,
    List<Attack<? super M>> attacks,
    Seed seed,
    Goal goal,
    int workers,
    int batch,
    Stopwatch watch,
    Progress progress) {

  /** A success by less than this share of the scores' size is confirmed on the example alone. */
  private static final float NARROW = 1e-4f;

  private static final int PROBE = 32;

  RobustnessReport run(Examples examples, Optional<Path> checkpointFile) {
    requireFit(examples);
    Ledger ledger = new Ledger(examples, attacks.size());
    try (Checkpoint checkpoint =
            checkpointFile.map(file -> Checkpoint.open(file, identity(examples))).orElse(null);
        Workers pool = new Workers(workers)) {
      if (checkpoint != null) {
        for (Checkpoint.Line line : checkpoint.lines()) {
          line.findings().forEach(ledger::add);
          ledger.addSeconds(line.phase(), line.seconds() / workers);
        }
      }
      for (int phase = 0; phase <= attacks.size(); phase++) {
        runPhase(phase, examples, ledger, checkpoint, pool);
      }
      return report(examples, ledger, pool);
    }
  }

  private void requireFit(Examples examples) {
    if (examples.count() == 0) {
      throw new IllegalArgumentException("an evaluation needs at least one example, but had none");
    }
    boolean flat = examples.shape().rank() == 1 || model.inputShape().rank() == 1;
    if (examples.inputs().width() != model.inputShape().size()
        || !(flat || examples.shape().equals(model.inputShape()))) {
      throw new IllegalArgumentException(
          "the model takes inputs of shape %s, but the examples have shape %s"
              .formatted(model.inputShape(), examples.shape()));
    }
    examples.labels().check(model.classes());
    model.domain().check(examples.inputs());
  }

  private Map<String, String> identity(Examples examples) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("format", "gauntlet-checkpoint-1");
    identity.put("model", model.fingerprint());
    identity.put("data", examples.digest());
    identity.put("threat model", threat.toString());
    identity.put("goal", goal.toString());
    identity.put("attacks", names().toString());
    identity.put("seed", String.valueOf(seed.root()));
    return identity;
  }

  private List<String> names() {
    return attacks.stream().map(String::valueOf).toList();
  }

  /** What a micro-batch came to. */
  private record Done(double seconds, List<Finding> findings) {}

  private void runPhase(
      int phase, Examples examples, Ledger ledger, @Nullable Checkpoint checkpoint, Workers pool) {
    double began = watch.seconds();
    List<Workers.Task<Done>> tasks = new ArrayList<>();
    for (int[] rows : MicroBatches.cut(ledger.open(phase), batch, workers)) {
      Batch inputs = examples.inputs().select(rows);
      tasks.add(
          () -> {
            double start = watch.seconds();
            List<Finding> findings = phase == 0 ? predict(inputs) : attack(phase, inputs);
            return new Done(watch.seconds() - start, findings);
          });
    }
    tell(phase, ledger);
    pool.run(
        tasks,
        done -> {
          done.findings().forEach(ledger::add);
          if (checkpoint != null) {
            checkpoint.add(phase, done.seconds(), done.findings());
          }
          tell(phase, ledger);
        });
    ledger.addSeconds(phase, watch.seconds() - began);
  }

  private void tell(int phase, Ledger ledger) {
    progress.update(
        new Progress.Step(
            phase == 0 ? "clean" : attacks.get(phase - 1).title(),
            phase,
            attacks.size(),
            ledger.done(phase),
            ledger.entered(phase),
            ledger.entered(0) - ledger.fallen(),
            watch.seconds()));
  }

  private List<Finding> predict(Batch clean) {
    List<Finding> findings = new ArrayList<>();
    try {
      watch.check();
    } catch (Stop stop) {
      requireNotCancelled(stop);
      for (int i = 0; i < clean.rows(); i++) {
        findings.add(Finding.unasked(clean.example(i)));
      }
      return findings;
    }
    Batch logits = Answers.logits(model, clean);
    for (int i = 0; i < clean.rows(); i++) {
      int prediction = logits.argmax(i);
      boolean right = prediction == label(clean.example(i));
      findings.add(Finding.clean(clean.example(i), right, prediction));
    }
    return findings;
  }

  private int label(long example) {
    return goal.labels().classOf(example);
  }

  private List<Finding> attack(int phase, Batch clean) {
    Attack<? super M> attack = attacks.get(phase - 1);
    Neighbourhood allowed = threat.around(clean, model.domain());
    Tally tally = new Tally(allowed, goal, threat.queries(), watch);
    Batch found;
    Stop.@Nullable Reason stopped = null;
    try {
      found = attack.perturb(metered.apply(model, tally), allowed, goal, seed);
      requireContract(attack, allowed, found);
    } catch (Stop stop) {
      requireNotCancelled(stop);
      stopped = stop.reason();
      found = clean;
    }
    Batch candidates = withObservedSuccesses(found, tally, stopped);
    return judge(phase, clean, candidates, allowed, tally, stopped == Stop.Reason.TIME);
  }

  private static void requireNotCancelled(Stop stop) {
    if (stop.reason() == Stop.Reason.CANCELLED) {
      throw stop;
    }
  }

  /** Where a limit struck, what counts is the best that was seen before, not what was proposed. */
  private static Batch withObservedSuccesses(
      Batch found, Tally tally, Stop.@Nullable Reason stopped) {
    return found.editRows(
        (i, x) -> {
          Batch success = tally.success(i);
          if (success != null && (stopped != null || tally.isSpent(i))) {
            success.copyRow(0, x);
          }
        });
  }

  private List<Finding> judge(
      int phase,
      Batch clean,
      Batch candidates,
      Neighbourhood allowed,
      Tally tally,
      boolean outOfTime) {
    Batch logits = Answers.logits(model, candidates);
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < clean.rows(); i++) {
      int prediction = confirmed(candidates, logits, i);
      boolean fooled = goal.isReachedBy(prediction, clean.example(i));
      Finding.Result result =
          fooled
              ? Finding.Result.FOOLED
              : outOfTime ? Finding.Result.UNFINISHED : Finding.Result.SURVIVED;
      findings.add(
          new Finding(
              phase,
              clean.example(i),
              result,
              prediction,
              fooled ? allowed.distance(candidates, i) : Double.NaN,
              fooled ? candidates.select(i) : null,
              tally.forwardQueries(i),
              tally.gradientQueries(i),
              tally.wasBlind(i)));
    }
    return findings;
  }

  /** The model's prediction; asked again without the rest of the batch where it was close. */
  private int confirmed(Batch candidates, Batch logits, int row) {
    int prediction = logits.argmax(row);
    float size = 0;
    float second = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < logits.width(); k++) {
      size = Math.max(size, Math.abs(logits.get(row, k)));
      second = k == prediction ? second : Math.max(second, logits.get(row, k));
    }
    boolean narrow = logits.get(row, prediction) - second <= NARROW * size;
    return narrow && candidates.rows() > 1
        ? Answers.logits(model, candidates.select(row)).argmax(0)
        : prediction;
  }

  private void requireContract(Attack<? super M> attack, Neighbourhood allowed, Batch found) {
    Batch clean = allowed.clean();
    if (found.rows() != clean.rows() || found.width() != clean.width()) {
      throw new AttackContractException(
          "%s must return one candidate for each example, %s, but returned %s"
              .formatted(attack, clean, found));
    }
    for (int i = 0; i < clean.rows(); i++) {
      if (found.example(i) != clean.example(i)) {
        throw new AttackContractException(
            "%s must return its candidates in the order of the examples, but row %s stands for"
                    .formatted(attack, i)
                + " example %s instead of %s".formatted(found.example(i), clean.example(i)));
      }
      if (!allowed.contains(found, i)) {
        throw new AttackContractException(whatItLeft(attack, allowed, found, i));
      }
    }
  }

  private String whatItLeft(Attack<? super M> attack, Neighbourhood allowed, Batch found, int row) {
    for (int j = 0; j < found.width(); j++) {
      if (!model.domain().contains(j, found.get(row, j))) {
        return "%s returned %s for feature %s of example %s, but the domain is %s"
            .formatted(attack, found.get(row, j), j, found.example(row), model.domain().range(j));
      }
    }
    return "%s returned a perturbation of %s size %s for example %s, but the threat model allows %s"
        .formatted(
            attack,
            threat.norm(),
            allowed.distance(found, row),
            found.example(row),
            threat.epsilon());
  }

  private RobustnessReport report(Examples examples, Ledger ledger, Workers pool) {
    List<AttackSummary> summaries = new ArrayList<>();
    for (int phase = 1; phase <= attacks.size(); phase++) {
      Attack<? super M> attack = attacks.get(phase - 1);
      summaries.add(ledger.summary(phase, attack.title(), attack.toString()));
    }
    RobustnessReport draft =
        new RobustnessReport(
            threat,
            goal.toString(),
            ledger.outcomes(names()),
            summaries,
            List.of(),
            Provenance.now(model.fingerprint(), examples.digest(), names(), seed, workers, batch),
            0,
            ledger.adversarial());
    Batch probe = examples.inputs().slice(0, Math.min(PROBE, examples.count()));
    List<Caveat> caveats = new ArrayList<>();
    pool.<List<Caveat>>run(
        List.of(() -> Doubts.about(model, probe, draft, ledger)), caveats::addAll);
    return new RobustnessReport(
        draft.threat(),
        draft.goal(),
        draft.outcomes(),
        draft.attacks(),
        caveats,
        draft.provenance(),
        watch.seconds(),
        draft.adversarial());
  }
}
