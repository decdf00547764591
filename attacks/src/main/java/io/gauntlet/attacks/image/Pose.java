package io.gauntlet.attacks.image;

import io.gauntlet.model.Check;

/**
 * How an image lies on a canvas: first scaled, then turned, both about its centre, then shifted.
 *
 * @param down where its centre lies below the canvas's, in pixels of the canvas; finite
 * @param right where its centre lies to the right of the canvas's, in pixels of the canvas; finite
 * @param degrees turn against the clock; finite
 * @param scale pixels of the canvas for one of the image; finite, positive
 */
public record Pose(float down, float right, float degrees, float scale) {
  /** Checks that it is a place. */
  public Pose {
    if (!Float.isFinite(down + right) || !Float.isFinite(degrees)) {
      throw new IllegalArgumentException(
          "a pose must be finite, but was %s down, %s right, turned by %s"
              .formatted(down, right, degrees));
    }
    Check.positive(scale, "scale");
  }

  /** Shifted only. */
  public static Pose shifted(float down, float right) {
    return new Pose(down, right, 0, 1);
  }

  /** The same, turned by this angle. */
  public Pose turned(float newDegrees) {
    return new Pose(down, right, newDegrees, scale);
  }

  /** The same, at this scale. */
  public Pose scaled(float newScale) {
    return new Pose(down, right, degrees, newScale);
  }
}
