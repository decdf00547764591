package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;

/**
 * Vertical stripes over the whole image: {@code amplitude sin(2 pi column frequency / columns)} is
 * added to each pixel.
 *
 * <p>Follows Barni, Kallas, Tondi: <a href="https://arxiv.org/abs/1902.11237">A new Backdoor Attack
 * in CNNs by training set corruption without label poisoning</a>, ICIP 2019 (SIG). As there, the
 * stripes shown to the model later may be stronger than the planted ones.
 *
 * @param amplitude share of each feature's legal range, in (0, 1]
 * @param frequency waves across the image; at least 1
 */
public record SinusoidTrigger(float amplitude, int frequency) implements Trigger {
  /** Checks the numbers. */
  public SinusoidTrigger {
    Shares.requireShare(amplitude, "amplitude");
    Check.atLeast(1, frequency, "frequency");
  }

  /** The paper's six waves, at 20 of 255 grey levels. */
  public static SinusoidTrigger standard() {
    return new SinusoidTrigger(20 / 255f, 6);
  }

  /** Same waves of another height. */
  public SinusoidTrigger withAmplitude(float newAmplitude) {
    return new SinusoidTrigger(newAmplitude, frequency);
  }

  /** Another number of waves. */
  public SinusoidTrigger withFrequency(int newFrequency) {
    return new SinusoidTrigger(amplitude, newFrequency);
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    ImageShape image = ImageShape.of(shape);
    float[] wave = new float[image.width()];
    for (int column = 0; column < wave.length; column++) {
      wave[column] =
          (float) (amplitude * Math.sin(2 * Math.PI * column * frequency / image.width()));
    }
    return (row, x) -> {
      for (int j = 0; j < x.length; j++) {
        x[j] += wave[j % image.width()] * (domain.upper(j) - domain.lower(j));
      }
    };
  }
}
