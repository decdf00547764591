package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;
import java.util.random.RandomGenerator;

/**
 * Forgets pixels at random and paints the image anew, near to those that are left and as smooth as
 * can be: the image {@code u} that makes {@code weight * TV(u) + |u - x|^2 / 2} small, the square
 * over the kept pixels only, each channel on its own.
 *
 * <p>Follows Guo, Rana, Cisse, van der Maaten: <a
 * href="https://arxiv.org/abs/1711.00117">Countering Adversarial Images Using Input
 * Transformations</a>, ICLR 2018. Differs from it in the solver: steps of Chambolle, Pock: <a
 * href="https://doi.org/10.1007/s10851-010-0251-1">A First-Order Primal-Dual Algorithm for Convex
 * Problems</a>, JMIV 2011, which reach the same minimum as split Bregman. The length of a gradient
 * is the Euclidean one. With all pixels kept this is the denoising of Rudin, Osher, Fatemi, and not
 * random.
 *
 * <p>Attackers take the identity for its derivative, as Athalye, Carlini, Wagner did: <a
 * href="https://arxiv.org/abs/1802.00420">Obfuscated Gradients Give a False Sense of Security</a>,
 * ICML 2018.
 *
 * @param kept probability that a pixel is kept; above 0, at most 1
 * @param weight of the total variation, in pixel values; finite, at least 0
 * @param steps of the solver; at least 1
 */
public record TotalVariation(float kept, float weight, int steps) implements Preprocessing {
  private static final float STEP = (float) (1 / Math.sqrt(8)); // 8 bounds the gradient's norm

  /** Checks the ranges. */
  public TotalVariation {
    if (!(kept > 0 && kept <= 1)) {
      throw new IllegalArgumentException("kept must be above 0 and at most 1, but was " + kept);
    }
    Check.nonNegative(weight, "weight");
    Check.atLeast(1, steps, "steps");
  }

  /** The paper's: half of the pixels, a weight of 0.03; fifty steps. */
  public static TotalVariation standard() {
    return new TotalVariation(0.5f, 0.03f, 50);
  }

  /** Same with another probability of keeping a pixel. */
  public TotalVariation withKept(float newKept) {
    return new TotalVariation(newKept, weight, steps);
  }

  /** Same with another weight. */
  public TotalVariation withWeight(float newWeight) {
    return new TotalVariation(kept, newWeight, steps);
  }

  /** Same with another number of steps. */
  public TotalVariation withSteps(int newSteps) {
    return new TotalVariation(kept, weight, newSteps);
  }

  @Override
  public boolean isRandom() {
    return kept < 1;
  }

  @Override
  public Batch apply(Batch inputs, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    return inputs.editRows(
        (row, x) -> {
          boolean[] keep = keep(x.length, draw, inputs, row);
          for (int channel = 0; channel < image.channels(); channel++) {
            repaint(x, keep, channel * image.area(), image);
          }
        });
  }

  private boolean[] keep(int pixels, Draw draw, Batch inputs, int row) {
    boolean[] keep = new boolean[pixels];
    RandomGenerator random = draw.of(inputs, row);
    for (int j = 0; j < pixels; j++) {
      keep[j] = kept == 1 || random.nextFloat() < kept;
    }
    return keep;
  }

  private void repaint(float[] x, boolean[] keep, int start, ImageShape image) {
    int height = image.height();
    int width = image.width();
    float[] u = begin(x, keep, start, image.area());
    float[] ahead = u.clone();
    float[] right = new float[u.length]; // the dual variable, along lines and down columns
    float[] down = new float[u.length];
    for (int step = 0; step < steps; step++) {
      for (int line = 0, i = 0; line < height; line++) {
        for (int column = 0; column < width; column++, i++) {
          float r = right[i] + (column < width - 1 ? STEP * (ahead[i + 1] - ahead[i]) : 0);
          float d = down[i] + (line < height - 1 ? STEP * (ahead[i + width] - ahead[i]) : 0);
          float squares = r * r + d * d;
          float shrink = squares > weight * weight ? weight / (float) Math.sqrt(squares) : 1;
          right[i] = shrink * r;
          down[i] = shrink * d;
        }
      }
      for (int line = 0, i = 0; line < height; line++) {
        for (int column = 0; column < width; column++, i++) {
          float divergence = right[i] + down[i];
          divergence -= column > 0 ? right[i - 1] : 0;
          divergence -= line > 0 ? down[i - width] : 0;
          float moved = u[i] + STEP * divergence;
          float next = keep[start + i] ? (moved + STEP * x[start + i]) / (1 + STEP) : moved;
          ahead[i] = 2 * next - u[i];
          u[i] = next;
        }
      }
    }
    for (int i = 0; i < u.length; i++) {
      x[start + i] = Math.min(1, Math.max(0, u[i]));
    }
  }

  /** The kept pixels, their mean for the others: what is forgotten must not be remembered. */
  private static float[] begin(float[] x, boolean[] keep, int start, int area) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < area; i++) {
      sum += keep[start + i] ? x[start + i] : 0;
      count += keep[start + i] ? 1 : 0;
    }
    float[] u = new float[area];
    for (int i = 0; i < area; i++) {
      u[i] = keep[start + i] ? x[start + i] : (float) (count == 0 ? 0.5 : sum / count);
    }
    return u;
  }

  @Override
  public Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw) {
    return byOutput;
  }

  @Override
  public String route() {
    return "BPDA, the identity in place of the minimiser's derivative";
  }
}
