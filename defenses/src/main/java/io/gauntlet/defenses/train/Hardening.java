package io.gauntlet.defenses.train;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.CheckpointException;
import io.gauntlet.model.Check;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import io.gauntlet.train.Fit;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Training against an attacker: one loop for every {@link Recipe}.
 *
 * <pre>{@code
 * History history =
 *     Hardening.against(ThreatModel.linf(0.3f), AdversarialTraining.standard())
 *         .withFit(new Fit(15, 128))
 *         .withSchedule(Schedule.Cyclic.standard())
 *         .withWarmUp(3)
 *         .withValidation(Validation.on(held))
 *         .train(model, examples, Seed.of(1));
 * }</pre>
 *
 * @param fit epochs and batch size
 * @param threat what the attacker may do; with a bound
 * @param recipe what is done with a batch
 * @param schedule of the learning rate
 * @param cleanStart epochs at epsilon 0 before it grows; finite, not negative
 * @param warmUp epochs over which epsilon grows linearly from 0 to its full size; finite, not
 *     negative. Without it nets stay at chance where epsilon is large, as 0.3 is on MNIST
 * @param validation what is measured after every epoch, and whose best weights are kept
 * @param guard against catastrophic overfitting
 * @param average what follows the weights and replaces them in the end
 * @param <M> what the recipe must know about the model
 */
public record Hardening<M extends TrainableModel>(
    Fit fit,
    ThreatModel threat,
    Recipe<M> recipe,
    Schedule schedule,
    float cleanStart,
    float warmUp,
    Optional<Validation> validation,
    Optional<Guard> guard,
    Optional<WeightAverage> average) {
  /** Checks that there is a bound. */
  public Hardening {
    if (!threat.isBounded()) {
      throw new IllegalArgumentException(
          "training needs a threat model with a bound, but was " + threat);
    }
    Check.nonNegative(cleanStart, "cleanStart");
    Check.nonNegative(warmUp, "warmUp");
  }

  /**
   * {@link Fit#standard}, a constant learning rate, no warm-up; no validation, guard or average.
   */
  public static <M extends TrainableModel> Hardening<M> against(
      ThreatModel threat, Recipe<M> recipe) {
    return new Hardening<>(
        Fit.standard(),
        threat,
        recipe,
        new Schedule.Constant(),
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with other epochs and batches. */
  public Hardening<M> withFit(Fit newFit) {
    return new Hardening<>(
        newFit, threat, recipe, schedule, cleanStart, warmUp, validation, guard, average);
  }

  /** The same with another learning rate over time; the model must be a {@code ScheduledModel}. */
  public Hardening<M> withSchedule(Schedule newSchedule) {
    return new Hardening<>(
        fit, threat, recipe, newSchedule, cleanStart, warmUp, validation, guard, average);
  }

  /** The same with epsilon growing over these first epochs. */
  public Hardening<M> withWarmUp(float newWarmUp) {
    return withWarmUp(cleanStart, newWarmUp);
  }

  /** The same with some epochs at epsilon 0, and epsilon growing over the next ones. */
  public Hardening<M> withWarmUp(float newCleanStart, float newWarmUp) {
    return new Hardening<>(
        fit, threat, recipe, schedule, newCleanStart, newWarmUp, validation, guard, average);
  }

  /** The same, measured after every epoch; the model must be a {@code ResumableModel}. */
  public Hardening<M> withValidation(Validation newValidation) {
    return new Hardening<>(
        fit,
        threat,
        recipe,
        schedule,
        cleanStart,
        warmUp,
        Optional.of(newValidation),
        guard,
        average);
  }

  /** The same under watch; the model must be a {@code ResumableModel}. */
  public Hardening<M> withGuard(Guard newGuard) {
    return new Hardening<>(
        fit,
        threat,
        recipe,
        schedule,
        cleanStart,
        warmUp,
        validation,
        Optional.of(newGuard),
        average);
  }

  /** The same with averaged weights; the model must be a {@code ParametricModel}. */
  public Hardening<M> withAverage(WeightAverage newAverage) {
    return new Hardening<>(
        fit,
        threat,
        recipe,
        schedule,
        cleanStart,
        warmUp,
        validation,
        guard,
        Optional.of(newAverage));
  }

  /**
   * Trains from the weights as they are.
   *
   * @throws IllegalArgumentException if there are no examples, a label is not one of the model's
   *     classes, an input is outside its domain, or the model cannot do what the schedule, the
   *     validation, the guard or the average need
   */
  public History train(M model, Examples examples, Seed seed) {
    return train(model, examples, seed, epoch -> {});
  }

  /** As above, telling {@code progress} of every epoch that is over. */
  public History train(M model, Examples examples, Seed seed, Consumer<Epoch> progress) {
    return new Run<>(this, model, examples, seed, progress, Optional.empty()).history();
  }

  /**
   * As above, with a file that is written after every epoch, so that the same training of a model
   * made in the same way, started again after it was killed, goes on from there and ends with the
   * same weights.
   *
   * @param checkpoint made if it is not there; the model must be a {@code ResumableModel}
   * @throws CheckpointException if the file cannot be read or written, or is of another training
   */
  public History train(
      M model, Examples examples, Seed seed, Consumer<Epoch> progress, Path checkpoint) {
    return new Run<>(this, model, examples, seed, progress, Optional.of(checkpoint)).history();
  }
}
