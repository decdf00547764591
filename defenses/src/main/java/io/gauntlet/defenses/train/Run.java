package io.gauntlet.defenses.train;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Stopwatch;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ParametricModel;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.ThreatModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** One training, from its first step, or from where it was put aside, to its end. */
final class Run<M extends TrainableModel> {
  private final Hardening<M> plan;
  private final M model;
  private final Examples examples;
  private final Seed seed;
  private final Consumer<Epoch> progress;
  private final Optional<CheckpointFile> file;
  private final Course course;
  private final int steps;
  private Optional<Batch> average = Optional.empty();
  private Optional<Weights> good = Optional.empty();

  Run(
      Hardening<M> plan,
      M model,
      Examples examples,
      Seed seed,
      Consumer<Epoch> progress,
      Optional<Path> checkpoint) {
    Check.atLeast(1, examples.count(), "number of examples to train on");
    examples.labels().check(model.classes());
    this.plan = plan;
    this.model = model;
    this.examples = examples;
    this.seed = seed;
    this.progress = progress;
    steps = (examples.count() + plan.fit().batch() - 1) / plan.fit().batch();
    plan.average().ifPresent(any -> parametric());
    plan.guard().ifPresent(any -> resumable("a guard"));
    plan.validation().ifPresent(any -> resumable("keeping the best weights"));
    if (changesLearningRate()) {
      scheduled();
    }
    checkpoint.ifPresent(any -> resumable("a checkpoint"));
    file = checkpoint.map(path -> new CheckpointFile(path, identity()));
    course = file.flatMap(CheckpointFile::read).orElseGet(() -> new Course(learningRate()));
  }

  History history() {
    course.latest.ifPresent(this::restore);
    good = course.latest;
    while (!isOver()) {
      Epoch epoch = epoch(course.epochs.size() + 1);
      course.epochs.add(epoch);
      file.ifPresent(
          to -> {
            course.latest = Optional.of(weights());
            to.write(course);
          });
      progress.accept(epoch);
    }
    leaveBehind();
    return new History(course.epochs, course.kept);
  }

  private boolean isOver() {
    if (course.epochs.isEmpty()) {
      return false;
    }
    int done = course.epochs.size();
    int patience = plan.validation().map(Validation::patience).orElse(Integer.MAX_VALUE);
    return done == plan.fit().epochs()
        || course.last().collapse().isPresent()
        || done - course.kept >= patience;
  }

  private Epoch epoch(int number) {
    Stopwatch time = Stopwatch.start();
    int[] order = seed.derive(0).derive(number).permutation(examples.count());
    Seed draws = seed.derive(1).derive(number);
    Watch watch = new Watch();
    double sum = 0;
    int seen = 0;
    ThreatModel threat = plan.threat();
    for (int step = 1; step <= steps && watch.collapse.isEmpty(); step++) {
      long sofar = (long) (number - 1) * steps + step;
      double share = shareAt(sofar);
      threat = threatAt(share);
      followSchedule((double) sofar / ((long) plan.fit().epochs() * steps));
      int[] rows = Arrays.copyOfRange(order, seen, Math.min(order.length, seen + batch()));
      Arrays.sort(rows); // what is drawn is a set; memory is read forwards
      sum += rows.length * loss(threat, share, rows, draws.derive(step), number, step);
      seen += rows.length;
      followWeights(sofar);
      watch.after(step, threat);
    }
    float rate = learningRate();
    Optional<Validation.Accuracy> accuracy = validate(number);
    return new Epoch(
        number,
        plan.fit().epochs(),
        sum / seen,
        rate,
        threat.epsilon(),
        accuracy,
        watch.collapse,
        time.seconds());
  }

  private int batch() {
    return plan.fit().batch();
  }

  private double loss(
      ThreatModel threat, double share, int[] rows, Seed draws, int epoch, int step) {
    Batch clean = examples.inputs().select(rows);
    Neighbourhood allowed = threat.around(clean, model.domain());
    double loss = plan.recipe().at(share).step(model, allowed, examples.labels(), draws);
    if (Double.isNaN(loss)) {
      throw new ModelException(
          "a loss must be a number, but was NaN in step %s of epoch %s".formatted(step, epoch));
    }
    return loss;
  }

  /** Of its full size that epsilon has. */
  private double shareAt(long sofar) {
    double epochs = (double) sofar / steps - plan.cleanStart();
    double share = plan.warmUp() == 0 ? (epochs > 0 ? 1 : 0) : epochs / plan.warmUp();
    return Math.max(0, Math.min(1, share));
  }

  private ThreatModel threatAt(double share) {
    return share == 1
        ? plan.threat()
        : new ThreatModel(
            plan.threat().norm(),
            (float) (share * plan.threat().epsilon()),
            plan.threat().queries());
  }

  private void followSchedule(double progress) {
    if (changesLearningRate()) {
      scheduled().setLearningRate((float) (course.learningRate * plan.schedule().factor(progress)));
    }
  }

  private void followWeights(long sofar) {
    if (plan.average().isPresent()) {
      Batch weights = parametric().parameters();
      WeightAverage rule = plan.average().get();
      average = Optional.of(average.map(a -> rule.next(a, weights, sofar)).orElse(weights));
    }
  }

  /** Looks at the accuracy under PGD every so many steps of one epoch. */
  private final class Watch {
    Optional<Epoch.Collapse> collapse = Optional.empty();

    void after(int step, ThreatModel threat) {
      if (plan.guard().isEmpty()
          || !plan.guard().get().isDue(step, steps)
          || !threat.equals(plan.threat())) {
        return;
      }
      Guard guard = plan.guard().get();
      double now = guard.accuracy(model, threat, watched(guard), seed.derive(3));
      if (now < course.watched * (1 - guard.drop())) {
        collapse = Optional.of(new Epoch.Collapse(step, course.watched, now));
        good.ifPresent(Run.this::restore);
      } else {
        course.watched = now;
        good = Optional.of(weights());
      }
    }
  }

  private Examples watched(Guard guard) {
    int[] order = seed.derive(4).permutation(examples.count());
    return examples.select(Arrays.stream(order).limit(guard.examples()).sorted().toArray());
  }

  private Optional<Validation.Accuracy> validate(int number) {
    if (plan.validation().isEmpty()) {
      course.kept = number;
      return Optional.empty();
    }
    Optional<Weights> weights = Optional.of(weights());
    average.ifPresent(a -> parametric().setParameters(a));
    Validation.Accuracy accuracy =
        plan.validation().get().measure(model, plan.threat(), seed.derive(2));
    weights.ifPresent(this::restore);
    if (course.kept == 0 || isBetter(accuracy, course.epochs.get(course.kept - 1))) {
      course.kept = number;
      course.best = weights;
    }
    return Optional.of(accuracy);
  }

  /** More robust, or as robust and more accurate. */
  private static boolean isBetter(Validation.Accuracy now, Epoch best) {
    Validation.Accuracy then = best.accuracy().orElseThrow();
    int gain = Integer.compare(now.robust().count(), then.robust().count());
    return gain > 0 || (gain == 0 && now.clean().count() > then.clean().count());
  }

  private Weights weights() {
    return new Weights(resumable("going back").trainingState(), average);
  }

  private void restore(Weights weights) {
    resumable("going back").resume(weights.state());
    average = weights.average();
  }

  /** Else it is left alone: an optimiser may have a schedule of its own, or no learning rate. */
  private boolean changesLearningRate() {
    return !(plan.schedule() instanceof Schedule.Constant);
  }

  private float learningRate() {
    return model instanceof ScheduledModel scheduled ? scheduled.learningRate() : Float.NaN;
  }

  private void leaveBehind() {
    course.best.ifPresent(this::restore);
    average.ifPresent(a -> parametric().setParameters(a));
    if (changesLearningRate()) {
      scheduled().setLearningRate(course.learningRate);
    }
  }

  private ResumableModel resumable(String what) {
    if (model instanceof ResumableModel able) {
      return able;
    }
    throw unable(what, "training can be resumed");
  }

  private ScheduledModel scheduled() {
    if (model instanceof ScheduledModel able) {
      return able;
    }
    throw unable("a schedule", "learning rate can be set");
  }

  private ParametricModel parametric() {
    if (model instanceof ParametricModel able) {
      return able;
    }
    throw unable("an average of weights", "parameters can be set");
  }

  private IllegalArgumentException unable(String what, String ability) {
    return new IllegalArgumentException(
        "%s needs a model whose %s, but that of %s cannot".formatted(what, ability, model));
  }

  /** All that the weights in the end depend on. */
  private String identity() {
    return String.join(
        "; ",
        plan.fit().toString(),
        plan.threat().toString(),
        plan.recipe().toString(),
        plan.schedule().toString(),
        "clean start " + plan.cleanStart(),
        "warm-up " + plan.warmUp(),
        plan.validation().map(Validation::toString).orElse("no validation"),
        plan.guard().map(Guard::toString).orElse("no guard"),
        plan.average().map(WeightAverage::toString).orElse("no average"),
        seed.toString(),
        "examples " + examples.digest(),
        model.fingerprint(),
        "learning rate " + learningRate());
  }
}
