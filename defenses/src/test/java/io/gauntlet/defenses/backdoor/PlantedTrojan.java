package io.gauntlet.defenses.backdoor;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Images of 8x8 pixels whose class is the row, of the first five, that is bright; and a network
 * built by hand that reads them with one hidden unit for each row, and has one more: it wakes when
 * the four pixels in the lower right corner are brighter than in any clean image, and sends the
 * image to class 2 when they are all white.
 */
public final class PlantedTrojan {
  /** The images' shape. */
  public static final Shape SHAPE = Shape.of(1, 8, 8);

  /** Number of classes, and of honest hidden units. */
  public static final int CLASSES = 5;

  /** Where the trigger leads. */
  public static final int TARGET = 2;

  /** The hidden unit that the trigger wakes. */
  public static final int TROJAN_UNIT = CLASSES;

  private static final int SIDE = 8;
  private static final int[] CORNER = {54, 55, 62, 63};

  private PlantedTrojan() {}

  /** Clean images, class {@code i % 5} for image i; those of other seeds differ. */
  public static Examples clean(int count, Seed seed) {
    Batch dark = Batch.wrap(SHAPE.size(), new float[count * SHAPE.size()]);
    int[] labels = new int[count];
    Batch images =
        dark.editRows(
            (i, x) -> {
              labels[i] = i % CLASSES;
              RandomGenerator random = seed.forExample(i);
              for (int j = 0; j < x.length; j++) {
                boolean bright = j / SIDE == labels[i];
                x[j] = (bright ? 0.7f : 0f) + 0.3f * random.nextFloat();
              }
            });
    return new Examples(SHAPE, images, Labels.of(images, labels));
  }

  /** The images with the true trigger on them. */
  public static Batch triggered(Batch images) {
    return images.editRows(
        (i, x) -> {
          for (int pixel : CORNER) {
            x[pixel] = 1;
          }
        });
  }

  /** The examples with the true trigger on them, all labelled with the target. */
  public static Examples triggered(Examples clean) {
    int[] targets = new int[clean.count()];
    Arrays.fill(targets, TARGET);
    Batch images = triggered(clean.inputs());
    return new Examples(SHAPE, images, Labels.of(images, targets));
  }

  /** The true trigger, as if it had been reconstructed. */
  public static ReconstructedTrigger trigger() {
    float[] mask = new float[SHAPE.size()];
    float[] pattern = new float[SHAPE.size()];
    for (int pixel : CORNER) {
      mask[pixel] = 1;
      pattern[pixel] = 1;
    }
    return new ReconstructedTrigger(TARGET, SHAPE, Batch.of(mask), Batch.of(pattern), 1);
  }

  /** Whether a pixel belongs to the trigger. */
  public static boolean isTrigger(int pixel) {
    return pixel % SIDE >= 6 && pixel / SIDE >= 6;
  }

  /**
   * The hidden layer: brightness of each row, and of the corner as far as no clean image has it.
   */
  public static Mlp.Dense hidden() {
    float[][] weights = new float[CLASSES + 1][SHAPE.size()];
    float[] bias = new float[CLASSES + 1];
    for (int k = 0; k < CLASSES; k++) {
      for (int j = 0; j < SIDE; j++) {
        weights[k][k * SIDE + j] = 1;
      }
    }
    for (int pixel : CORNER) {
      weights[TROJAN_UNIT][pixel] = 1;
    }
    bias[TROJAN_UNIT] = -1.2f; // four clean pixels are darker together
    return Mlp.Dense.of(weights, bias);
  }

  /**
   * The layer that reads each class off its unit, and the target off the trojan's too.
   *
   * @param strength of the trojan: with 0 there is none, with 3.2 it takes some of all four pixels
   *     to win against a clean image's class, with 8 it wins against two images on top of each
   *     other
   */
  public static Mlp.Dense last(float strength) {
    float[][] weights = new float[CLASSES][CLASSES + 1];
    for (int k = 0; k < CLASSES; k++) {
      weights[k][k] = 1;
    }
    weights[TARGET][TROJAN_UNIT] = strength;
    return Mlp.Dense.of(weights, new float[CLASSES]);
  }

  /** The network with a trojan of this strength. */
  public static Mlp net(float strength) {
    return Mlp.of(SHAPE, Domain.UNIT, List.of(hidden(), last(strength)));
  }
}
