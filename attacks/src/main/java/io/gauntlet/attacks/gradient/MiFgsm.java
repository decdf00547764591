package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attack.Incumbent;
import io.gauntlet.attack.Objective;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Momentum iterative FGSM and its variants: iterates that overfit the attacked model less, and so
 * carry over better to another one.
 *
 * <p>Follows Dong et al.: <a href="https://arxiv.org/abs/1710.06081">Boosting Adversarial Attacks
 * with Momentum</a>, CVPR 2018 (MI); Lin et al.: <a
 * href="https://arxiv.org/abs/1908.06281">Nesterov Accelerated Gradient and Scale Invariance</a>,
 * ICLR 2020 (NI); Xie et al.: <a href="https://arxiv.org/abs/1803.06978">Improving Transferability
 * with Input Diversity</a>, CVPR 2019 (DI); Dong et al.: <a
 * href="https://arxiv.org/abs/1904.02884">Evading Defenses by Translation-Invariant Attacks</a>,
 * CVPR 2019 (TI). Differs from them in that by default all steps are taken and the last iterate is
 * returned, as a transfer attack needs, but with {@link Effort#UNTIL_FOOLED} the search ends where
 * the attacked model is fooled; and in that diversity shrinks an image and pads it back to its
 * size, since models take one size.
 *
 * @param steps gradient steps; at least 1
 * @param relativeStep size of one step as a share of the radius; finite, positive
 * @param decay share of the accumulated gradient that is kept at every step; finite, not negative
 * @param lookahead whether gradients are taken where the momentum would lead (NI)
 * @param diversity probability that a gradient is taken at a shrunk and padded image (DI); in [0,
 *     1]; above 0 only for images
 * @param blur side of the Gaussian kernel gradients are smoothed with (TI); odd; 1 for none; above
 *     1 only for images
 * @param effort when to stop
 */
public record MiFgsm(
    int steps,
    float relativeStep,
    float decay,
    boolean lookahead,
    float diversity,
    int blur,
    Effort effort)
    implements Attack<DifferentiableModel> {
  private static final float SMALLEST = 0.9f;

  /** Checks the hyperparameters. */
  public MiFgsm {
    Check.atLeast(1, steps, "steps");
    Check.positive(relativeStep, "relativeStep");
    Check.nonNegative(decay, "decay");
    if (!(diversity >= 0 && diversity <= 1)) {
      throw new IllegalArgumentException("diversity must be in [0, 1], but was " + diversity);
    }
    if (blur < 1 || blur % 2 == 0) {
      throw new IllegalArgumentException("blur must be odd and at least 1, but was " + blur);
    }
  }

  /** MI-FGSM: ten steps of a tenth of the radius, the momentum never forgotten. */
  public static MiFgsm standard() {
    return new MiFgsm(10, 0.1f, 1, false, 0, 1, Effort.ALL_STEPS);
  }

  /** NI-FGSM: gradients taken ahead. */
  public static MiFgsm nesterov() {
    return standard().withLookahead(true);
  }

  /** DI-MI-FGSM: every second gradient is taken at a shrunk and padded image. */
  public static MiFgsm diverse() {
    return standard().withDiversity(0.5f);
  }

  /** TI-DI-MI-FGSM: diverse inputs, gradients smoothed over 7 x 7 pixels. */
  public static MiFgsm translationInvariant() {
    return diverse().withBlur(7);
  }

  /** Same attack with another number of steps. */
  public MiFgsm withSteps(int newSteps) {
    return new MiFgsm(newSteps, relativeStep, decay, lookahead, diversity, blur, effort);
  }

  /** Same attack with steps of another share of the radius. */
  public MiFgsm withRelativeStep(float newRelativeStep) {
    return new MiFgsm(steps, newRelativeStep, decay, lookahead, diversity, blur, effort);
  }

  /** Same attack that forgets its momentum faster or slower. */
  public MiFgsm withDecay(float newDecay) {
    return new MiFgsm(steps, relativeStep, newDecay, lookahead, diversity, blur, effort);
  }

  /** Same attack with or without Nesterov's look ahead. */
  public MiFgsm withLookahead(boolean newLookahead) {
    return new MiFgsm(steps, relativeStep, decay, newLookahead, diversity, blur, effort);
  }

  /** Same attack with another probability of shrunk and padded images. */
  public MiFgsm withDiversity(float newDiversity) {
    return new MiFgsm(steps, relativeStep, decay, lookahead, newDiversity, blur, effort);
  }

  /** Same attack with gradients smoothed by a larger or smaller kernel. */
  public MiFgsm withBlur(int newBlur) {
    return new MiFgsm(steps, relativeStep, decay, lookahead, diversity, newBlur, effort);
  }

  /** Same attack, stopping at another point. */
  public MiFgsm withEffort(Effort newEffort) {
    return new MiFgsm(steps, relativeStep, decay, lookahead, diversity, blur, newEffort);
  }

  @Override
  public Batch perturb(DifferentiableModel model, Neighbourhood allowed, Goal goal, Seed seed) {
    LogitLoss loss = goal.loss(Objective.CROSS_ENTROPY);
    Images images =
        diversity > 0 || blur > 1 ? new Images(ImageShape.of(model.inputShape())) : null;
    Incumbent best = new Incumbent(allowed.clean(), goal);
    float length = relativeStep * allowed.radius();
    Batch x = allowed.clean();
    Batch momentum = x.times(0);
    for (int step = 0; step < steps; step++) {
      Batch at = lookahead ? allowed.project(x.plus(momentum.times(decay * length))) : x;
      Batch gradient = gradient(model, at, loss, images, seed.derive(step));
      momentum = momentum.times(decay).plus(normalised(gradient));
      x = allowed.ascended(x, momentum, length);
      if (effort == Effort.UNTIL_FOOLED) {
        best.offer(x, model.logits(x));
        momentum = momentum.select(best.open(x));
        x = best.unsettled(x);
        if (x.rows() == 0) {
          break;
        }
      }
    }
    return effort == Effort.ALL_STEPS ? x : best.batch();
  }

  private Batch gradient(
      DifferentiableModel model, Batch x, LogitLoss loss, @Nullable Images images, Seed seed) {
    if (images == null) {
      return model.gradient(x, loss).byInput();
    }
    Images.Shrinking[] shrinking = new Images.Shrinking[x.rows()];
    for (int i = 0; i < shrinking.length; i++) {
      RandomGenerator random = seed.forExample(x.example(i));
      shrinking[i] =
          random.nextFloat() < diversity
              ? images.shrinking(SMALLEST, random)
              : images.shrinking(1, random);
    }
    Batch seen = x.editRows((i, row) -> shrinking[i].apply(row));
    Gradient gradient = model.gradient(seen, loss);
    Batch byInput = gradient.byInput().editRows((i, g) -> shrinking[i].applyTransposed(g));
    return blur > 1 ? byInput.editRows((i, g) -> images.blur(g, blur)) : byInput;
  }

  /** Divided by the mean size of its features, so that no step outweighs the others. */
  private static Batch normalised(Batch gradient) {
    return gradient.editRows(
        (i, g) -> {
          double sum = 0;
          for (float value : g) {
            sum += Math.abs(value);
          }
          for (int j = 0; j < g.length && sum > 0; j++) {
            g[j] = (float) (g[j] * g.length / sum);
          }
        });
  }

  @Override
  public String title() {
    String variants =
        (blur > 1 ? "TI-" : "") + (diversity > 0 ? "DI-" : "") + (lookahead ? "NI-" : "MI-");
    return variants + "FGSM-" + steps;
  }
}
