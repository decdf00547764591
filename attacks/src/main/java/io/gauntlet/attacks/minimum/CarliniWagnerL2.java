package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;

/**
 * Carlini and Wagner's L2 attack: Adam on the squared distance plus a constant times the margin
 * that is still lacking, for constants that a binary search makes as small as success allows.
 *
 * <p>Follows Carlini, Wagner: <a href="https://arxiv.org/abs/1608.04644">Towards Evaluating the
 * Robustness of Neural Networks</a>, S&amp;P 2017, section VI.A. Differs from it in five ways.
 * Features at a bound of the domain keep a slope, so that they move from the first step; where many
 * are, as on the black background of a digit, a hundred steps then find what otherwise takes five
 * hundred. A constant is large enough where it leads to success towards the end: what the first
 * steps, long as they are whatever the constant, met on their way does not count. Each example
 * stops by itself where its own loss does not fall any more, not where the sum over the batch does
 * not. The last constant of an example never fooled is a thousand times the one before, so that a
 * short search need not end with none. And the last constant of a long search is not tried twice.
 *
 * <p>Costs {@code searchSteps * steps} passes each way at most. A thousand steps are plenty for
 * most networks.
 *
 * @param searchSteps constants to try for each example; at least 1
 * @param steps of Adam for each constant; at least 1
 * @param learningRate of Adam, in the variables whose tanh the input is, roughly in half-widths of
 *     the domain; finite, positive
 * @param initialConstant weight of the lacking margin to begin with; finite, positive
 * @param confidence margin by which the goal must be reached, in logits; finite, not negative
 * @param abortEarly whether an example stops where its loss has not fallen by one part in 10,000
 *     over a tenth of the steps
 */
public record CarliniWagnerL2(
    int searchSteps,
    int steps,
    float learningRate,
    float initialConstant,
    float confidence,
    boolean abortEarly)
    implements Attack<DifferentiableModel> {
  private static final float LAST_GROWTH = 1000;

  /** Checks the hyperparameters. */
  public CarliniWagnerL2 {
    Check.atLeast(1, searchSteps, "searchSteps");
    Check.atLeast(1, steps, "steps");
    Check.positive(learningRate, "learningRate");
    Check.positive(initialConstant, "initialConstant");
    Check.nonNegative(confidence, "confidence");
  }

  /** The authors': nine constants from 0.001 on, up to 10,000 steps of 0.01 for each. */
  public static CarliniWagnerL2 standard() {
    return new CarliniWagnerL2(9, 10_000, 0.01f, 1e-3f, 0, true);
  }

  /** Same attack with another number of constants to try. */
  public CarliniWagnerL2 withSearchSteps(int newSearchSteps) {
    return new CarliniWagnerL2(
        newSearchSteps, steps, learningRate, initialConstant, confidence, abortEarly);
  }

  /** Same attack with another number of steps for each constant. */
  public CarliniWagnerL2 withSteps(int newSteps) {
    return new CarliniWagnerL2(
        searchSteps, newSteps, learningRate, initialConstant, confidence, abortEarly);
  }

  /** Same attack with smaller or larger steps. */
  public CarliniWagnerL2 withLearningRate(float newLearningRate) {
    return new CarliniWagnerL2(
        searchSteps, steps, newLearningRate, initialConstant, confidence, abortEarly);
  }

  /** Same attack with another constant to begin with. */
  public CarliniWagnerL2 withInitialConstant(float newInitialConstant) {
    return new CarliniWagnerL2(
        searchSteps, steps, learningRate, newInitialConstant, confidence, abortEarly);
  }

  /** Same attack for successes by another margin. */
  public CarliniWagnerL2 withConfidence(float newConfidence) {
    return new CarliniWagnerL2(
        searchSteps, steps, learningRate, initialConstant, newConfidence, abortEarly);
  }

  /** Same attack, stopping where the loss does not fall any more or never. */
  public CarliniWagnerL2 withAbortEarly(boolean newAbortEarly) {
    return new CarliniWagnerL2(
        searchSteps, steps, learningRate, initialConstant, confidence, newAbortEarly);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l2());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Batch clean = allowed.clean();
    Hinge hinge = new Hinge(goal.loss(Objective.MARGIN), confidence);
    Closest closest = new Closest(allowed, goal);
    Tradeoff tradeoff = new Tradeoff(clean, closest, initialConstant, searchSteps, LAST_GROWTH);
    Tenths tenths = new Tenths(steps);
    for (int search = 0; search < searchSteps; search++) {
      Descent descent = new Descent(model, clean, tradeoff);
      Batch x = closest.unsettled(clean);
      for (int step = 0; step < steps && x.rows() > 0; step++) {
        Gradient lack = model.gradient(x, hinge);
        tradeoff.offer(x, lack);
        x = closest.unsettled(descent.step(x, lack));
        if (tenths.endsAnotherAt(step)) {
          x = abortEarly ? descent.plateau.notStuck(x) : x;
          tradeoff.forget(x);
        }
      }
      tradeoff.next();
    }
    return closest.batch();
  }

  /** Adam for one constant of each example. */
  private final class Descent {
    final Plateau plateau;
    private final Batch clean;
    private final Tradeoff tradeoff;
    private final TanhBox box;
    private final Adam adam;
    private final float[] delta;
    private final float[] origin;

    Descent(DifferentiableModel model, Batch clean, Tradeoff tradeoff) {
      this.clean = clean;
      this.tradeoff = tradeoff;
      plateau = new Plateau(clean);
      box = new TanhBox(model.domain(), clean);
      adam = new Adam(clean.rows(), clean.width());
      delta = new float[clean.width()];
      origin = new float[clean.width()];
    }

    Batch step(Batch x, Gradient lack) {
      adam.next();
      return lack.byInput()
          .editRows(
              (i, g) -> {
                int example = clean.rowOf(x.example(i));
                float constant = tradeoff.of(example);
                x.copyRow(i, delta);
                clean.copyRow(example, origin);
                for (int j = 0; j < g.length; j++) { // auto-vectorises
                  delta[j] -= origin[j];
                  g[j] = constant * g[j] + 2 * delta[j];
                }
                if (abortEarly) {
                  double length = Norm.l2().of(delta);
                  plateau.note(example, length * length + constant * lack.losses().get(i, 0));
                }
                box.chain(example, g);
                adam.descend(example, g, learningRate);
                box.move(example, g);
              });
    }
  }

  @Override
  public String title() {
    return "C&W-L2";
  }
}
