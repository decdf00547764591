package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;

/**
 * A small smooth distortion, the same for every image.
 *
 * <p>Follows Nguyen, Tran: <a href="https://arxiv.org/abs/2102.10369">WaNet: Imperceptible
 * Warping-based Backdoor Attack</a>, ICLR 2021, and its authors' code. Random offsets on a control
 * grid, of mean size 1, become a field over the image (bicubic, Keys' kernel at -0.75), are scaled
 * to {@code strength / height} where the image spans [-1, 1], and every pixel is read from where
 * its offset points (bilinear, no farther than the rim). A decoy adds to each pixel's offset
 * uniform noise of up to {@code 1 / height}, which is half a pixel.
 *
 * @param grid control points each way; at least 2
 * @param strength mean size of the control points' offsets, in half pixels; finite, positive
 * @param key what the offsets are drawn from
 */
public record WarpTrigger(int grid, float strength, long key) implements DecoyTrigger {
  /** Checks the numbers. */
  public WarpTrigger {
    Check.atLeast(2, grid, "grid");
    Check.positive(strength, "strength");
  }

  /** The paper's grid of 4 and strength of 0.5. */
  public static WarpTrigger standard() {
    return new WarpTrigger(4, 0.5f, 0);
  }

  /** Same warp from another number of control points. */
  public WarpTrigger withGrid(int newGrid) {
    return new WarpTrigger(newGrid, strength, key);
  }

  /** Same field, stronger or weaker. */
  public WarpTrigger withStrength(float newStrength) {
    return new WarpTrigger(grid, newStrength, key);
  }

  /** Another field. */
  public WarpTrigger withKey(long newKey) {
    return new WarpTrigger(grid, strength, newKey);
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    Warp warp = Warp.of(ImageShape.of(shape), this);
    return (row, x) -> warp.apply(x);
  }

  @Override
  public Batch.RowEdit decoyOnto(Batch clean, Shape shape, Domain domain, Seed seed) {
    Warp warp = Warp.of(ImageShape.of(shape), this);
    return (row, x) -> {
      RandomGenerator random = seed.forExample(clean.example(row));
      warp.jittered(random).apply(x);
    };
  }
}
