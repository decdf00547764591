package io.gauntlet.attacks.patch;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.image.Placement;
import io.gauntlet.attacks.image.Pose;
import io.gauntlet.attacks.image.Trials;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/**
 * Puts a patch on every image: at one place, or at the worst of several.
 *
 * <p>See {@link AdversarialPatch}, which crafts patches. Takes images of shape channels x height x
 * width, or height x width. Changes as many features as the patch has, to anything legal: run it
 * unbounded, or under {@code ThreatModel.l0} of at least that number. A place where the threat
 * model does not allow the patch is passed over without asking.
 *
 * @param pixels one row: channel by channel, line by line, in the units of the inputs; finite
 * @param side lines and columns of the patch; at least 1
 * @param form outline
 * @param where places to try
 * @param origin how it came about; part of its name in reports
 */
public record Patch(Batch pixels, int side, Form form, Where where, String origin)
    implements Attack<Model> {
  /** Checks that pixels and side fit. */
  public Patch {
    Check.atLeast(1, side, "side");
    if (pixels.rows() != 1 || pixels.width() % (side * side) != 0) {
      throw new IllegalArgumentException(
          "a patch of side %s needs one row of whole channels of %s pixels, but had %s"
              .formatted(side, side * side, pixels));
    }
    for (int j = 0; j < pixels.width(); j++) {
      if (!Float.isFinite(pixels.get(0, j))) {
        throw new IllegalArgumentException(
            "pixels must be finite, but feature %s was %s".formatted(j, pixels.get(0, j)));
      }
    }
  }

  /** Same patch with its upper left corner here. */
  public Patch at(int top, int left) {
    return new Patch(pixels, side, form, new Where.At(top, left), origin);
  }

  /** Same patch at the worst of so many random places. */
  public Patch atRandom(int places) {
    return new Patch(pixels, side, form, new Where.Random(places), origin);
  }

  /** Same patch at the worst of all places so many pixels apart. */
  public Patch everywhere(int stride) {
    return new Patch(pixels, side, form, new Where.Everywhere(stride), origin);
  }

  @Override
  public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
    ImageShape image = ImageShape.of(model.inputShape());
    requireFit(image);
    boolean[] opaque = form.opaque(side);
    Trials trials = new Trials(model, allowed, goal);
    Batch clean = trials.pending();
    for (int attempt = 0; attempt < attempts(image) && clean.rows() > 0; attempt++) {
      LongFunction<Placement> place =
          where instanceof Where.Random
              ? random(opaque, image, seed.derive(attempt))
              : everyExample(placement(opaque, image, place(attempt, image)));
      trials.ask(patched(clean, place, model.domain()));
      clean = trials.pending();
    }
    return trials.batch();
  }

  private void requireFit(ImageShape image) {
    int channels = pixels.width() / (side * side);
    boolean fits = side <= Math.min(image.height(), image.width());
    if (where instanceof Where.At at) {
      fits = at.top() + side <= image.height() && at.left() + side <= image.width();
    }
    if (!fits || channels != image.channels()) {
      throw new IllegalArgumentException(
          "a patch must lie on the image with as many channels, but %sx%sx%s %s was put on %s"
              .formatted(channels, side, side, where, image));
    }
  }

  private int attempts(ImageShape image) {
    if (where instanceof Where.Everywhere every) {
      return steps(image.height(), every.stride()) * steps(image.width(), every.stride());
    }
    return where instanceof Where.Random random ? random.places() : 1;
  }

  private int steps(int length, int stride) {
    return (length - side) / stride + 1;
  }

  private static LongFunction<Placement> everyExample(Placement placement) {
    return example -> placement;
  }

  private LongFunction<Placement> random(boolean[] opaque, ImageShape image, Seed seed) {
    return example -> {
      RandomGenerator random = seed.forExample(example);
      int top = random.nextInt(image.height() - side + 1);
      int left = random.nextInt(image.width() - side + 1);
      return placement(opaque, image, new Where.At(top, left));
    };
  }

  /** The one place, or this one of the grid. */
  private Where.At place(int attempt, ImageShape image) {
    if (where instanceof Where.Everywhere every) {
      int columns = steps(image.width(), every.stride());
      return new Where.At(attempt / columns * every.stride(), attempt % columns * every.stride());
    }
    return (Where.At) where;
  }

  private Placement placement(boolean[] opaque, ImageShape image, Where.At at) {
    float down = at.top() - (image.height() - side) / 2f;
    float right = at.left() - (image.width() - side) / 2f;
    return Placement.of(side, opaque, image, Pose.shifted(down, right));
  }

  private Batch patched(Batch clean, LongFunction<Placement> place, Domain domain) {
    float[] source = pixels.row(0);
    return clean.editRows(
        (i, x) -> {
          place.apply(clean.example(i)).paint(source, x);
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.clip(j, x[j]);
          }
        });
  }

  @Override
  public String title() {
    return "Patch-" + side + "x" + side;
  }

  /** Form, places, origin and digest: a report or checkpoint of another patch has another name. */
  @Override
  public String toString() {
    String digest = Examples.of(pixels, 0).digest();
    return "Patch[side=%s, form=%s, where=%s, %s, %s]"
        .formatted(side, form, where, origin, digest.substring(0, 16));
  }
}
