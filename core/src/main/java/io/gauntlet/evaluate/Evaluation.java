package io.gauntlet.evaluate;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.SelfCheck;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One run: clean predictions first, then attack after attack, each over the examples that are still
 * standing, cut into micro-batches.
 *
 * @param judged whose answers count
 * @param attacked what attacks see of it; the same, unless a defense stands in between
 * @param adaptive whether attacks know that defense
 */
record Evaluation<M extends Model>(
    Model judged,
    M attacked,
    boolean adaptive,
    BiFunction<M, Tally, M> metered,
    ThreatModel threat,
    List<Attack<? super M>> attacks,
    List<String> departures,
    Seed seed,
    Goal goal,
    int workers,
    int batch,
    Stopwatch watch,
    Optional<SelfCheck> selfCheck,
    Progress progress) {

  /** A success by less than this share of the scores' size is confirmed on the example alone. */
  private static final float NARROW = 1e-4f;

  private static final int PROBE = 32;
  private static final int SURVIVORS_TRIED = 16;

  RobustnessReport run(Examples examples, Optional<Path> checkpointFile) {
    requireFit(examples);
    Ledger ledger = new Ledger(examples, attacks.size(), !threat.isBounded());
    try (Checkpoint checkpoint =
            checkpointFile.map(file -> open(file, examples, ledger)).orElse(null);
        Workers pool = new Workers(workers)) {
      for (int phase = 0; phase <= attacks.size(); phase++) {
        runPhase(phase, examples, ledger, checkpoint, pool);
      }
      return report(examples, ledger, pool);
    }
  }

  private Checkpoint open(Path file, Examples examples, Ledger ledger) {
    return Checkpoint.open(
        file,
        identity(examples),
        line -> {
          line.findings().forEach(ledger::add);
          ledger.addSeconds(line.phase(), line.seconds() / workers);
        });
  }

  private void requireFit(Examples examples) {
    if (examples.count() == 0) {
      throw new IllegalArgumentException("an evaluation needs at least one example, but had none");
    }
    boolean flat = examples.shape().rank() == 1 || judged.inputShape().rank() == 1;
    if (examples.inputs().width() != judged.inputShape().size()
        || !(flat || examples.shape().equals(judged.inputShape()))) {
      throw new IllegalArgumentException(
          "the model takes inputs of shape %s, but the examples have shape %s"
              .formatted(judged.inputShape(), examples.shape()));
    }
    examples.labels().check(judged.classes());
    judged.domain().check(examples.inputs());
  }

  private Map<String, String> identity(Examples examples) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("format", "gauntlet-checkpoint-2");
    identity.put("model", judged.fingerprint());
    if (judged instanceof DefendedModel defended) {
      identity.put("attacked", adaptive ? defended.route() : "without knowledge of the defense");
    }
    identity.put("data", examples.digest());
    identity.put("threat model", threat.toString());
    identity.put("goal", goal.toString());
    if (goal instanceof Goal.Targeted targeted) {
      identity.put("targets", digest(examples, targeted.targets()));
    }
    identity.put("attacks", names().toString());
    identity.put("seed", String.valueOf(seed.root()));
    return identity;
  }

  private static String digest(Examples examples, Labels targets) {
    int[] wanted = new int[examples.count()];
    Arrays.setAll(wanted, row -> targets.classOf(examples.inputs().example(row)));
    return Examples.of(examples.inputs(), wanted).digest();
  }

  private List<String> names() {
    return attacks.stream().map(String::valueOf).toList();
  }

  /**
   * What was found out about a micro-batch.
   *
   * @param whole false if the time ran out on the way; a resumed run starts it again
   */
  private record Found(List<Finding> findings, boolean whole) {}

  private record Done(double seconds, Found found) {}

  private void runPhase(
      int phase, Examples examples, Ledger ledger, @Nullable Checkpoint checkpoint, Workers pool) {
    double began = watch.seconds();
    List<Workers.Task<Done>> tasks = new ArrayList<>();
    for (int[] rows : MicroBatches.cut(ledger.open(phase), batch, workers)) {
      tasks.add(
          () -> {
            double start = watch.seconds();
            Batch inputs = examples.inputs().select(rows);
            Found found = phase == 0 ? predict(inputs) : attack(phase, inputs);
            return new Done(watch.seconds() - start, found);
          });
    }
    int entered = ledger.entered(phase);
    tell(phase, entered, ledger);
    pool.run(
        tasks,
        done -> {
          Found found = done.found();
          found.findings().forEach(ledger::add);
          if (!found.whole()) {
            found.findings().forEach(finding -> ledger.cutOff(finding.example()));
          } else if (checkpoint != null) {
            checkpoint.add(phase, done.seconds(), found.findings());
          }
          tell(phase, entered, ledger);
        });
    ledger.addSeconds(phase, watch.seconds() - began);
  }

  private void tell(int phase, int entered, Ledger ledger) {
    progress.update(
        new Progress.Step(
            phase == 0 ? "clean" : attacks.get(phase - 1).title(),
            phase,
            attacks.size(),
            ledger.done(phase),
            entered,
            ledger.standing(),
            watch.seconds()));
  }

  private Found predict(Batch clean) {
    List<Finding> findings = new ArrayList<>();
    try {
      watch.check();
    } catch (Stop stop) {
      requireNotCancelled(stop);
      for (int i = 0; i < clean.rows(); i++) {
        findings.add(Finding.unfinished(0, clean.example(i), 0, 0));
      }
      return new Found(findings, false);
    }
    Batch logits = Answers.logits(judged, clean);
    BitSet refused = refused(clean);
    for (int i = 0; i < clean.rows(); i++) {
      int prediction = logits.argmax(i);
      boolean right = prediction == label(clean.example(i)) && !refused.get(i);
      findings.add(Finding.clean(clean.example(i), right, prediction));
    }
    return new Found(findings, true);
  }

  private BitSet refused(Batch inputs) {
    return judged instanceof DefendedModel defended ? defended.refused(inputs) : new BitSet();
  }

  private int label(long example) {
    return goal.labels().classOf(example);
  }

  private Found attack(int phase, Batch clean) {
    Attack<? super M> attack = attacks.get(phase - 1);
    Neighbourhood allowed = threat.around(clean, judged.domain());
    Tally tally = new Tally(attack.toString(), allowed, goal, threat.queries(), watch);
    Stop.@Nullable Reason stopped = search(attack, clean, tally);
    while (stopped == Stop.Reason.QUERIES && tally.passedOver().length > 0) {
      stopped = search(attack, clean.select(tally.passedOver()), tally);
    }
    boolean inTime = stopped != Stop.Reason.TIME;
    return new Found(judge(phase, tally.candidates(), allowed, tally, inTime), inTime);
  }

  /** Lets an attack loose on some examples; why it was stopped, or null if it was not. */
  private Stop.@Nullable Reason search(Attack<? super M> attack, Batch clean, Tally tally) {
    Neighbourhood allowed = threat.around(clean, judged.domain());
    tally.admit(clean);
    try {
      Batch found = attack.perturb(metered.apply(attacked, tally), allowed, goal, seed);
      requireContract(attack, allowed, found);
      tally.propose(found);
      return null;
    } catch (Stop stop) {
      requireNotCancelled(stop);
      return stop.reason();
    }
  }

  private static void requireNotCancelled(Stop stop) {
    if (stop.reason() == Stop.Reason.CANCELLED) {
      throw stop;
    }
  }

  private List<Finding> judge(
      int phase, Batch candidates, Neighbourhood allowed, Tally tally, boolean inTime) {
    boolean ask = inTime || tally.hasSuccess(); // when the time is up, not without need
    Batch logits = ask ? Answers.logits(judged, candidates) : candidates;
    BitSet refused = ask ? refused(candidates) : new BitSet();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < candidates.rows(); i++) {
      long example = candidates.example(i);
      long forward = tally.forwardQueries(i);
      long gradient = tally.gradientQueries(i);
      int prediction = ask ? confirmed(candidates, logits, i) : -1;
      boolean fooled = ask && !refused.get(i) && goal.isReachedBy(prediction, example);
      if (!fooled && !inTime) {
        findings.add(Finding.unfinished(phase, example, forward, gradient));
        continue;
      }
      findings.add(
          new Finding(
              phase,
              example,
              fooled ? Finding.Result.FOOLED : Finding.Result.SURVIVED,
              prediction,
              fooled ? allowed.distance(candidates, i) : Double.NaN,
              fooled ? candidates.select(i) : null,
              forward,
              gradient,
              tally.wasBlind(i),
              tally.successPass(i)));
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
        ? Answers.logits(judged, candidates.select(row)).argmax(0)
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
      if (!judged.domain().contains(j, found.get(row, j))) {
        return "%s returned %s for feature %s of example %s, but the domain is %s"
            .formatted(attack, found.get(row, j), j, found.example(row), judged.domain().range(j));
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
            Provenance.now(judged.fingerprint(), examples.digest(), names(), seed, workers, batch),
            0,
            ledger.adversarial());
    Batch probe = examples.inputs().slice(0, Math.min(PROBE, examples.count()));
    List<Caveat> caveats = new ArrayList<>();
    departures.forEach(sentence -> caveats.add(new Caveat.SuiteDeparts(sentence)));
    if (judged instanceof DefendedModel defended && !adaptive) {
      caveats.add(new Caveat.DefenseOverlooked(defended.route()));
    }
    pool.<List<Caveat>>run(
        List.of(() -> Doubts.about(judged, probe, draft, ledger)), caveats::addAll);
    pool.<List<Caveat>>run(List.of(() -> examined(probe)), caveats::addAll);
    pool.<List<Caveat>>run(List.of(() -> withstandEverything(examples, ledger)), caveats::addAll);
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

  private List<Caveat> examined(Batch probe) {
    if (attacked instanceof DifferentiableModel differentiable && selfCheck.isPresent()) {
      return selfCheck.get().examine(differentiable, probe).stream()
          .<Caveat>map(Caveat.SelfCheckFailed::new)
          .toList();
    }
    return List.of();
  }

  /**
   * An attack that may go anywhere must fool every example; where it does not, it is the gradients
   * that protect the model (Carlini et al., 2019, section 5.3; Athalye, Carlini, Wagner, 2018).
   * Lets the attacks with gradients loose on a few survivors, without a bound.
   */
  private List<Caveat> withstandEverything(Examples examples, Ledger ledger) {
    if (threat.queries().isPresent() || ledger.ranOutOfTime()) {
      return List.of();
    }
    Batch tried = examples.inputs().select(ledger.survivors(SURVIVORS_TRIED));
    Batch left = tried;
    boolean whiteBox = false;
    for (int phase = 1; phase <= attacks.size() && left.rows() > 0; phase++) {
      if (ledger.usedGradients(phase)) {
        whiteBox = true;
        left = threat.isBounded() ? stillStanding(attacks.get(phase - 1), left) : left;
      }
    }
    return whiteBox && left.rows() > 0
        ? List.of(new Caveat.UnboundedNotReachingZero(left.rows(), tried.rows()))
        : List.of();
  }

  /** Those of the examples that an attack without a bound does not fool in the time left. */
  private Batch stillStanding(Attack<? super M> attack, Batch clean) {
    Neighbourhood anywhere = ThreatModel.unbounded(threat.norm()).around(clean, judged.domain());
    Tally tally = new Tally(attack.toString(), anywhere, goal, OptionalLong.empty(), watch);
    try {
      Batch found = attack.perturb(metered.apply(attacked, tally), anywhere, goal, seed);
      requireContract(attack, anywhere, found);
      Batch logits = Answers.logits(judged, found);
      BitSet refused = refused(found);
      return clean.select(clean.rowsWhere(row -> refused.get(row) || !goal.isReached(logits, row)));
    } catch (Stop stop) {
      requireNotCancelled(stop);
      return clean.select(); // not known to withstand it
    }
  }
}
