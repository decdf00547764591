package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Closest;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Gradient;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.List;

/**
 * Elastic-net attack: Carlini and Wagner's, with the L1 size added to the squared L2 size of the
 * change, which leaves most features as they are.
 *
 * <p>Follows Chen, Sharma, Zhang, Yi, Hsieh: <a href="https://arxiv.org/abs/1709.04114">EAD:
 * Elastic-Net Attacks to Deep Neural Networks via Adversarial Examples</a>, AAAI 2018: accelerated
 * shrinkage-thresholding (FISTA) with steps that shrink by the square root, for constants that a
 * binary search makes as small as success allows. Differs from it in three ways. The points asked
 * are those where the gradient is taken, kept in the domain; the thresholded points beside them are
 * not asked as well, which saves a third of the passes. A constant is large enough where it leads
 * to success towards the end. And the decision rule, which success to return, is the norm of the
 * threat model: L1, or L2 if that is asked for, instead of the elastic-net size.
 *
 * <p>Costs {@code searchSteps * steps} passes each way. No example stops early: the steps must
 * become small before the distance does. {@link Pdpgd} takes a tenth of the passes and gets nearer.
 *
 * @param searchSteps constants to try for each example; at least 1
 * @param steps for each constant; at least 1
 * @param stepSize length of the first step, in gradients; finite, positive
 * @param shrinkage by how much every step takes the change of every feature back, in input units:
 *     the weight of the L1 size; finite, not negative
 * @param initialConstant weight of the lacking margin to begin with; finite, positive
 * @param confidence margin by which the goal must be reached, in logits; finite, not negative
 */
public record Ead(
    int searchSteps,
    int steps,
    float stepSize,
    float shrinkage,
    float initialConstant,
    float confidence)
    implements Attack<DifferentiableModel> {

  /** Checks the hyperparameters. */
  public Ead {
    Check.atLeast(1, searchSteps, "searchSteps");
    Check.atLeast(1, steps, "steps");
    Check.positive(stepSize, "stepSize");
    Check.nonNegative(shrinkage, "shrinkage");
    Check.positive(initialConstant, "initialConstant");
    Check.nonNegative(confidence, "confidence");
  }

  /** The paper's nine constants from 0.001 on and 1000 steps for each; shrinkage 0.01. */
  public static Ead standard() {
    return new Ead(9, 1000, 0.01f, 0.01f, 1e-3f, 0);
  }

  /** Same attack with another number of constants to try. */
  public Ead withSearchSteps(int newSearchSteps) {
    return new Ead(newSearchSteps, steps, stepSize, shrinkage, initialConstant, confidence);
  }

  /** Same attack with another number of steps for each constant. */
  public Ead withSteps(int newSteps) {
    return new Ead(searchSteps, newSteps, stepSize, shrinkage, initialConstant, confidence);
  }

  /** Same attack with smaller or larger steps. */
  public Ead withStepSize(float newStepSize) {
    return new Ead(searchSteps, steps, newStepSize, shrinkage, initialConstant, confidence);
  }

  /** Same attack with another weight of the L1 size. */
  public Ead withShrinkage(float newShrinkage) {
    return new Ead(searchSteps, steps, stepSize, newShrinkage, initialConstant, confidence);
  }

  /** Same attack with another constant to begin with. */
  public Ead withInitialConstant(float newInitialConstant) {
    return new Ead(searchSteps, steps, stepSize, shrinkage, newInitialConstant, confidence);
  }

  /** Same attack for successes by another margin. */
  public Ead withConfidence(float newConfidence) {
    return new Ead(searchSteps, steps, stepSize, shrinkage, initialConstant, newConfidence);
  }

  @Override
  public List<Norm> norms() {
    return List.of(Norm.l1(), Norm.l2());
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    Batch clean = allowed.clean();
    Hinge hinge = new Hinge(goal.loss(Objective.MARGIN), confidence);
    Closest closest = new Closest(allowed, goal);
    Tradeoff tradeoff = new Tradeoff(clean, closest, initialConstant, searchSteps, Tradeoff.GROWTH);
    Tenths tenths = new Tenths(steps);
    for (int search = 0; search < searchSteps; search++) {
      Fista fista = new Fista(model.domain(), clean, tradeoff);
      Batch x = closest.unsettled(clean);
      for (int step = 0; step < steps && x.rows() > 0; step++) {
        Gradient lack = model.gradient(x, hinge);
        tradeoff.offer(x, lack);
        x = closest.unsettled(fista.step(x, lack, step));
        if (tenths.endsAnotherAt(step)) {
          tradeoff.forget(x);
        }
      }
      tradeoff.next();
    }
    return closest.batch();
  }

  /** Accelerated shrinkage-thresholding for one constant of each example. */
  private final class Fista {
    private final Batch clean;
    private final Tradeoff tradeoff;
    private final float[] low;
    private final float[] high;
    private final float[][] previous;
    private final float[] now;
    private final float[] origin;

    Fista(Domain domain, Batch clean, Tradeoff tradeoff) {
      this.clean = clean;
      this.tradeoff = tradeoff;
      low = new float[clean.width()];
      high = new float[clean.width()];
      for (int j = 0; j < low.length; j++) {
        low[j] = domain.lower(j);
        high[j] = domain.upper(j);
      }
      previous = new float[clean.rows()][];
      for (int i = 0; i < previous.length; i++) {
        previous[i] = clean.row(i);
      }
      now = new float[clean.width()];
      origin = new float[clean.width()];
    }

    Batch step(Batch x, Gradient lack, int step) {
      float rate = (float) (stepSize * Math.sqrt(1 - (double) step / steps));
      float momentum = step / (step + 3f);
      return lack.byInput()
          .editRows(
              (i, g) -> {
                int example = clean.rowOf(x.example(i));
                float constant = tradeoff.of(example);
                x.copyRow(i, now);
                clean.copyRow(example, origin);
                for (int j = 0; j < g.length; j++) { // three loops vectorise, one does not
                  float delta = now[j] - origin[j];
                  g[j] = delta - rate * (constant * g[j] + 2 * delta);
                }
                for (int j = 0; j < g.length; j++) { // clip(g, -shrinkage, shrinkage) is taken back
                  g[j] -= Math.min(shrinkage, Math.max(-shrinkage, g[j]));
                  now[j] = Math.min(high[j], Math.max(low[j], origin[j] + g[j]));
                }
                float[] before = previous[example];
                for (int j = 0; j < g.length; j++) {
                  float extrapolated = now[j] + momentum * (now[j] - before[j]);
                  g[j] = Math.min(high[j], Math.max(low[j], extrapolated));
                  before[j] = now[j];
                }
              });
    }
  }

  @Override
  public String title() {
    return "EAD";
  }
}
