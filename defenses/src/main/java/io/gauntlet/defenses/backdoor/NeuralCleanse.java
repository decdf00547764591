package io.gauntlet.defenses.backdoor;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;

/**
 * Neural Cleanse: a class that a far smaller trigger leads to than to the others has a backdoor.
 *
 * <p>Follows Wang, Yao, Shan, Li, Viswanath, Zheng, Zhao: <a
 * href="https://people.cs.uchicago.edu/~ravenben/publications/pdf/backdoor-sp19.pdf">Neural
 * Cleanse: Identifying and Mitigating Backdoor Attacks in Neural Networks</a>, IEEE S&amp;P 2019,
 * and the authors' code, whose values {@link #standard} has. For each class Adam looks for a mask
 * and a pattern that send clean inputs there, with the L1 norm of the mask as a price that rises
 * while the trigger works and falls while it does not; of all triggers that work the smallest is
 * kept. Differs from the code in four ways. The success of a trigger is measured again on all
 * inputs before it is kept, instead of while it still changes. A step is one pass over the clean
 * inputs, however many there are. Mask and pattern stay a hair inside their ranges, where they can
 * still move. And the anomaly index has a floor for the deviation ({@link
 * Inspection#anomalyIndex}), without which clean models are accused of differences of a few
 * percent.
 *
 * <p>The gradient must not be hidden, and fewer than half of the classes may have a backdoor: the
 * index compares classes with their median. With two classes nothing can be accused, and with few
 * an honest class that is easy to reach may be.
 *
 * <p>Blind to triggers that are not a fixed patch (warping as in WaNet, sample-specific ones as of
 * input-aware attacks), to large ones, whose mask is no smaller than an honest one, to
 * source-specific triggers, since the clean inputs are of all classes, and to all-to-all backdoors,
 * since no class is then unusual.
 *
 * @param restarts searches from random starts for each class, of which the smallest trigger counts;
 *     at least 1. One search may end in a trigger that is not the smallest
 * @param steps most passes over the clean inputs in each search; at least 1
 * @param batch inputs in one step of Adam; at least 1
 * @param learningRate of Adam; positive
 * @param initialCost first price of one pixel of mask; positive
 * @param costMultiplier what the price is multiplied with when it rises; its power of 1.5 is what
 *     it is divided by when it falls; above 1
 * @param attackSuccess share of the inputs that a trigger must send to its class to work; above 0,
 *     at most 1
 * @param patience steps in a row that must work, or not, before the price changes; at least 1
 * @param earlyStopPatience steps without a smaller trigger after which the search ends, once the
 *     price has both risen and fallen; at least 1
 * @param maxAnomalyIndex the anomaly index above which a class is accused; positive
 */
public record NeuralCleanse(
    int restarts,
    int steps,
    int batch,
    float learningRate,
    float initialCost,
    float costMultiplier,
    double attackSuccess,
    int patience,
    int earlyStopPatience,
    float maxAnomalyIndex) {
  /** Checks the hyperparameters. */
  public NeuralCleanse {
    Check.atLeast(1, restarts, "restarts");
    Check.atLeast(1, steps, "steps");
    Check.atLeast(1, batch, "batch");
    Check.positive(learningRate, "learningRate");
    Check.positive(initialCost, "initialCost");
    if (!(costMultiplier > 1 && Float.isFinite(costMultiplier))) {
      throw new IllegalArgumentException(
          "costMultiplier must be finite and above 1, but was " + costMultiplier);
    }
    if (!(attackSuccess > 0 && attackSuccess <= 1)) {
      throw new IllegalArgumentException(
          "attackSuccess must be above 0 and at most 1, but was " + attackSuccess);
    }
    Check.atLeast(1, patience, "patience");
    Check.atLeast(1, earlyStopPatience, "earlyStopPatience");
    Check.positive(maxAnomalyIndex, "maxAnomalyIndex");
  }

  /**
   * The values of the authors' example: one search of at most 1000 steps, a success of 99 %, an
   * index of 2.
   */
  public static NeuralCleanse standard() {
    return new NeuralCleanse(1, 1000, 32, 0.1f, 1e-3f, 2, 0.99, 5, 25, 2);
  }

  /** Same with another number of searches for each class. */
  public NeuralCleanse withRestarts(int newRestarts) {
    return new NeuralCleanse(
        newRestarts,
        steps,
        batch,
        learningRate,
        initialCost,
        costMultiplier,
        attackSuccess,
        patience,
        earlyStopPatience,
        maxAnomalyIndex);
  }

  /** Same with another number of steps. */
  public NeuralCleanse withSteps(int newSteps) {
    return new NeuralCleanse(
        restarts,
        newSteps,
        batch,
        learningRate,
        initialCost,
        costMultiplier,
        attackSuccess,
        patience,
        earlyStopPatience,
        maxAnomalyIndex);
  }

  /** Same with another number of inputs in one step of Adam. */
  public NeuralCleanse withBatch(int newBatch) {
    return new NeuralCleanse(
        restarts,
        steps,
        newBatch,
        learningRate,
        initialCost,
        costMultiplier,
        attackSuccess,
        patience,
        earlyStopPatience,
        maxAnomalyIndex);
  }

  /** Same with another share of inputs that a trigger must send to its class. */
  public NeuralCleanse withAttackSuccess(double newSuccess) {
    return new NeuralCleanse(
        restarts,
        steps,
        batch,
        learningRate,
        initialCost,
        costMultiplier,
        newSuccess,
        patience,
        earlyStopPatience,
        maxAnomalyIndex);
  }

  /** Same with another index above which a class is accused. */
  public NeuralCleanse withMaxAnomalyIndex(float newIndex) {
    return new NeuralCleanse(
        restarts,
        steps,
        batch,
        learningRate,
        initialCost,
        costMultiplier,
        attackSuccess,
        patience,
        earlyStopPatience,
        newIndex);
  }

  /**
   * Reconstructs one trigger for each class and compares them.
   *
   * @param clean inputs of all classes that bear no trigger, distinct and in example order; a few
   *     hundred
   * @param seed where the searches start, and the order of the inputs
   * @throws IllegalArgumentException if there is no input, or one leaves the model's domain
   */
  public Inspection inspect(DifferentiableModel model, Batch clean, Seed seed) {
    Check.atLeast(1, clean.rows(), "number of clean inputs");
    model.domain().check(clean);
    List<ReconstructedTrigger> triggers = new ArrayList<>();
    for (int target = 0; target < model.classes(); target++) {
      triggers.add(smallest(model, clean, target, seed.derive(target)));
    }
    return new Inspection(triggers, maxAnomalyIndex);
  }

  private ReconstructedTrigger smallest(
      DifferentiableModel model, Batch clean, int target, Seed seed) {
    ReconstructedTrigger best = new TriggerSearch(this, model, clean, target, seed.derive(0)).run();
    for (int start = 1; start < restarts; start++) {
      ReconstructedTrigger found =
          new TriggerSearch(this, model, clean, target, seed.derive(start)).run();
      best = beats(found, best) ? found : best;
    }
    return best;
  }

  /** A trigger that works beats one that does not, and a small one a large one. */
  private boolean beats(ReconstructedTrigger one, ReconstructedTrigger other) {
    boolean works = one.success() >= attackSuccess;
    boolean otherWorks = other.success() >= attackSuccess;
    return works == otherWorks ? one.size() < other.size() : works;
  }
}
