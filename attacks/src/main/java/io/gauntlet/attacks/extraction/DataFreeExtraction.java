package io.gauntlet.attacks.extraction;

import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;

/**
 * Trains a surrogate on inputs that a generator makes up, and the generator on making up those that
 * surrogate and victim disagree about: a thief without a single input of their own.
 *
 * <p>Follows Truong, Maini, Walls, Papernot: <a href="https://arxiv.org/abs/2011.14779">Data-Free
 * Model Extraction</a>, CVPR 2021. Either step is along the l1 distance between the surrogate's
 * logits and the victim's, which the logarithms of its probabilities give back but for their mean.
 * The generator's gradient is estimated by forward differences in random directions, taken of the
 * distance as a whole: what the surrogate already knows cancels, and with it most of the noise.
 * Differs from the paper in three ways. Optimisers and their rates, which the paper lowers on the
 * way, are the models' own. What the budget leaves after the last full cycle goes into surrogate
 * steps. The domain need not be symmetric about zero.
 *
 * <p>Compare MAZE (Kariyappa, Prakash, Qureshi, CVPR 2021): Kullback-Leibler divergence in the
 * place of the distance, ten directions, and steps on former inputs besides.
 *
 * <p>Needs the scores of all classes. A label says nothing of how far two models disagree, and does
 * not change with a small step: neither of the two has anything to learn from it.
 *
 * @param batch inputs in one step, of either model; at least 1
 * @param generatorSteps steps of the generator in a cycle, each {@code batch * (directions + 1)}
 *     queries; at least 0, which leaves the generator as it is
 * @param surrogateSteps steps of the surrogate in a cycle, each {@code batch} queries; at least 1
 * @param directions random directions that the generator's gradient is estimated in; at least 1
 * @param difference length of a forward difference, in raw outputs of the generator; finite,
 *     positive. Answers that are rounded or noisy need a longer one
 * @param rounds equal parts of the budget, after each of which the copy is measured; at least 1
 */
public record DataFreeExtraction(
    int batch,
    int generatorSteps,
    int surrogateSteps,
    int directions,
    float difference,
    int rounds) {
  /** Checks the hyperparameters. */
  public DataFreeExtraction {
    Check.atLeast(1, batch, "batch");
    Check.atLeast(0, generatorSteps, "generatorSteps");
    Check.atLeast(1, surrogateSteps, "surrogateSteps");
    Check.atLeast(1, directions, "directions");
    Check.positive(difference, "difference");
    Check.atLeast(1, rounds, "rounds");
  }

  /**
   * The paper's: 256 inputs in a step, one step of the generator for five of the surrogate, one
   * direction, differences of 0.001. The copy is measured ten times.
   */
  public static DataFreeExtraction standard() {
    return new DataFreeExtraction(256, 1, 5, 1, 1e-3f, 10);
  }

  /** The same with another number of inputs in a step. */
  public DataFreeExtraction withBatch(int newBatch) {
    return new DataFreeExtraction(
        newBatch, generatorSteps, surrogateSteps, directions, difference, rounds);
  }

  /** The same with another number of generator steps in a cycle. */
  public DataFreeExtraction withGeneratorSteps(int newGeneratorSteps) {
    return new DataFreeExtraction(
        batch, newGeneratorSteps, surrogateSteps, directions, difference, rounds);
  }

  /** The same with another number of surrogate steps in a cycle. */
  public DataFreeExtraction withSurrogateSteps(int newSurrogateSteps) {
    return new DataFreeExtraction(
        batch, generatorSteps, newSurrogateSteps, directions, difference, rounds);
  }

  /** The same with gradients estimated in another number of directions. */
  public DataFreeExtraction withDirections(int newDirections) {
    return new DataFreeExtraction(
        batch, generatorSteps, surrogateSteps, newDirections, difference, rounds);
  }

  /** The same with longer or shorter forward differences. */
  public DataFreeExtraction withDifference(float newDifference) {
    return new DataFreeExtraction(
        batch, generatorSteps, surrogateSteps, directions, newDifference, rounds);
  }

  /** The same with the copy measured another number of times. */
  public DataFreeExtraction withRounds(int newRounds) {
    return new DataFreeExtraction(
        batch, generatorSteps, surrogateSteps, directions, difference, newRounds);
  }

  /**
   * Steals, until the budget is spent.
   *
   * @param <S> kind of copy
   * @param oracle the victim, who must reveal {@link Disclosure.Scores}
   * @param surrogate what to train, in place, from its present weights on
   * @param generator takes latents, which are standard normal but for being clipped to its domain,
   *     and gives one raw output for every feature of the victim's inputs: {@link
   *     TrainableModel#classes} is their number. Raw outputs pass through tanh into the victim's
   *     domain. Trained in place too; batch norm at its end, without learnt scale, keeps it from
   *     saturating
   * @param judge measures the copy
   * @param seed where randomness comes from
   * @return the surrogate, trained
   * @throws IllegalArgumentException if the victim withholds scores, or victim, surrogate and
   *     generator do not fit
   * @throws ModelException if surrogate or generator diverge
   */
  public <S extends TrainableModel> Extraction<S> extract(
      Oracle oracle, S surrogate, TrainableModel generator, Judge judge, Seed seed) {
    oracle.requireScores("data-free extraction");
    oracle.requireFit(surrogate);
    Generator source = Generator.of(generator, oracle);
    Curve curve = new Curve(oracle, judge);
    long budget = oracle.remaining();
    long measured = 0;
    try {
      for (int cycle = 0; oracle.remaining() > 0; cycle++) {
        cycle(oracle, surrogate, source, seed.derive(cycle));
        long reached = (budget - oracle.remaining()) * rounds / budget;
        if (reached > measured) {
          measured = reached;
          curve.mark(surrogate);
        }
      }
    } catch (QueryBudgetException spentOnRetries) {
      curve.mark(surrogate);
    }
    return curve.end(surrogate, Ending.BUDGET_SPENT);
  }

  private void cycle(Oracle oracle, TrainableModel surrogate, Generator source, Seed seed) {
    if (oracle.remaining() >= queriesPerCycle()) {
      for (int step = 0; step < generatorSteps; step++) {
        dispute(oracle, surrogate, source, seed.derive(-1 - step));
      }
    }
    for (int step = 0; step < surrogateSteps && oracle.remaining() > 0; step++) {
      imitate(oracle, surrogate, source, seed.derive(step));
    }
  }

  private long queriesPerCycle() {
    return batch * (generatorSteps * (directions + 1L) + surrogateSteps);
  }

  /** One step of the generator, to where surrogate and victim disagree more. */
  private void dispute(Oracle oracle, TrainableModel surrogate, Generator source, Seed seed) {
    Batch latents = source.latents(batch, seed);
    LogitLoss loss =
        new Disagreement(oracle, surrogate, source, directions, difference, seed.derive(0));
    requireFinite(source.network().train(latents, loss), "generator", oracle);
  }

  /** One step of the surrogate, to where it disagrees less. */
  private void imitate(Oracle oracle, TrainableModel surrogate, Generator source, Seed seed) {
    int affordable = (int) Math.min(batch, oracle.remaining());
    Batch inputs = source.inputs(source.latents(affordable, seed));
    LogitLoss loss = LogitDistance.to(oracle.ask(inputs));
    requireFinite(surrogate.train(inputs, loss), "surrogate", oracle);
  }

  private static void requireFinite(double loss, String learner, Oracle oracle) {
    if (!Double.isFinite(loss)) {
      throw new ModelException(
          "the %s's loss must be finite, but after %s queries it was %s: it may learn too fast"
              .formatted(learner, oracle.queries(), loss));
    }
  }
}
