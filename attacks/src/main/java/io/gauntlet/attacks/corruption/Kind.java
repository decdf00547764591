package io.gauntlet.attacks.corruption;

/**
 * What happens to an image, at a level above 0 and at most 1. Values are seen as shares of the
 * domain, 0 its lower and 1 its upper end, and cut to that again.
 */
public enum Kind {
  /** The level is added to every value. */
  BRIGHTER(0.5, 1),
  /** The level is taken from every value. */
  DARKER(0.5, 1),
  /** Every value goes this share of the way to the image's mean. */
  CONTRAST(0.95, 1),
  /** Normal noise of this standard deviation is added to every value. */
  GAUSSIAN_NOISE(0.4, 1),
  /**
   * As few photons make it: normal noise of this standard deviation times the root of the value,
   * which is close to Poisson counts of {@code 1 / level^2} photons for white.
   */
  SHOT_NOISE(0.6, 1),
  /** This share of all values becomes 0 or 1, either as likely. */
  SALT_AND_PEPPER(0.3, 1),
  /** A normal kernel whose standard deviation is this share of the shorter side. */
  GAUSSIAN_BLUR(0.1, 1),
  /** The mean over a square that reaches this share of the shorter side each way. */
  BOX_BLUR(0.15, 1),
  /** Colours go this share of the way to grey; three channels, red, green, blue. */
  FADE(1, 3),
  /** Colours turn by this share of half a turn about grey; three channels, red, green, blue. */
  HUE(1, 3);

  private final double strongest; // in double, so that its tenths round to short floats
  private final int channels;

  Kind(double strongest, int channels) {
    this.strongest = strongest;
    this.channels = channels;
  }

  /** The last of the standard levels. */
  double strongest() {
    return strongest;
  }

  /** Whether images of so many channels can suffer it. */
  boolean appliesTo(int imageChannels) {
    return channels == 1 || imageChannels == channels;
  }
}
