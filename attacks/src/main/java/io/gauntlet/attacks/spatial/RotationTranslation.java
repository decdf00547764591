package io.gauntlet.attacks.spatial;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.image.Padding;
import io.gauntlet.attacks.image.Placement;
import io.gauntlet.attacks.image.Pose;
import io.gauntlet.attacks.image.Trials;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/**
 * Turns and shifts an image: the worst of a grid of poses or of some random ones.
 *
 * <p>Follows Engstrom, Tran, Tsipras, Schmidt, Madry: <a
 * href="https://arxiv.org/abs/1712.02779">Exploring the Landscape of Spatial Robustness</a>, ICML
 * 2019. Differs from it in two ways: an example that is fooled is not asked about further, for
 * which the widest poses come first; and without a bound the closest success by the threat model's
 * norm is returned. "Worst" is the widest margin, not the largest cross-entropy; the model's answer
 * is the same for both.
 *
 * <p>Takes images of shape channels x height x width, or height x width. A pose outside a bounded
 * threat model is passed over without asking. Interpolation is bilinear: a little blur comes with
 * every pose that does not put pixels on pixels.
 *
 * @param degrees largest turn, either way; finite, not negative
 * @param shift largest shift, either way, as a share of the image's height and width; from 0 to 1
 * @param search which poses to try
 * @param padding what shows where the image has left
 */
public record RotationTranslation(float degrees, float shift, Search search, Padding padding)
    implements Attack<Model> {
  /** Checks the hyperparameters. */
  public RotationTranslation {
    Check.nonNegative(degrees, "degrees");
    Check.nonNegative(shift, "shift");
    if (shift > 1) {
      throw new IllegalArgumentException("shift must be at most 1, but was " + shift);
    }
  }

  /** The paper's grid: 31 turns up to 30 degrees, 5 by 5 shifts up to a tenth, black around it. */
  public static RotationTranslation standard() {
    return new RotationTranslation(30, 0.1f, new Search.Grid(31, 5), Padding.BLACK);
  }

  /** So many random poses within the paper's limits; the paper takes 10. */
  public static RotationTranslation worstOf(int draws) {
    return standard().withSearch(new Search.WorstOf(draws));
  }

  /** Same attack with another largest turn. */
  public RotationTranslation withDegrees(float newDegrees) {
    return new RotationTranslation(newDegrees, shift, search, padding);
  }

  /** Same attack with another largest shift. */
  public RotationTranslation withShift(float newShift) {
    return new RotationTranslation(degrees, newShift, search, padding);
  }

  /** Same attack on other poses. */
  public RotationTranslation withSearch(Search newSearch) {
    return new RotationTranslation(degrees, shift, newSearch, padding);
  }

  /** Same attack with something else around the image. */
  public RotationTranslation withPadding(Padding newPadding) {
    return new RotationTranslation(degrees, shift, search, newPadding);
  }

  @Override
  public Batch perturb(Model model, Neighbourhood allowed, Goal goal, Seed seed) {
    ImageShape frame = ImageShape.of(model.inputShape());
    List<Pose> grid = grid(frame);
    Trials trials = new Trials(model, allowed, goal);
    Batch clean = trials.pending();
    for (int attempt = 0; attempt < attempts() && clean.rows() > 0; attempt++) {
      LongFunction<Placement> place =
          grid.isEmpty()
              ? random(frame, seed.derive(attempt))
              : everyExample(Placement.of(frame, grid.get(attempt), padding));
      trials.ask(moved(clean, place, model.domain()));
      clean = trials.pending();
    }
    return trials.batch();
  }

  private int attempts() {
    return search instanceof Search.Grid grid
        ? grid.angles() * grid.shifts() * grid.shifts()
        : ((Search.WorstOf) search).draws();
  }

  private static LongFunction<Placement> everyExample(Placement placement) {
    return example -> placement;
  }

  private LongFunction<Placement> random(ImageShape frame, Seed seed) {
    return example -> {
      RandomGenerator random = seed.forExample(example);
      float down = shift * frame.height() * (2 * random.nextFloat() - 1);
      float right = shift * frame.width() * (2 * random.nextFloat() - 1);
      float turn = degrees * (2 * random.nextFloat() - 1);
      return Placement.of(frame, Pose.shifted(down, right).turned(turn), padding);
    };
  }

  /** The poses of the grid, widest first; none where poses are drawn. */
  private List<Pose> grid(ImageShape frame) {
    List<Pose> poses = new ArrayList<>();
    if (search instanceof Search.Grid grid) {
      for (float turn : spaced(degrees, grid.angles())) {
        for (float down : spaced(shift * frame.height(), grid.shifts())) {
          for (float right : spaced(shift * frame.width(), grid.shifts())) {
            poses.add(Pose.shifted(down, right).turned(turn));
          }
        }
      }
      poses.sort(Comparator.comparingDouble(pose -> -extent(pose, frame)));
    }
    return poses;
  }

  private static float[] spaced(float end, int count) {
    float[] points = new float[count];
    for (int i = 0; i < count; i++) {
      points[i] = count == 1 ? 0 : end * (2 * i - (count - 1)) / (count - 1);
    }
    return points;
  }

  /** How far the pose is from none: squares of its turn and shifts as shares of their limits. */
  private double extent(Pose pose, ImageShape frame) {
    double turn = degrees == 0 ? 0 : pose.degrees() / degrees;
    double down = shift == 0 ? 0 : pose.down() / (shift * frame.height());
    double right = shift == 0 ? 0 : pose.right() / (shift * frame.width());
    return turn * turn + down * down + right * right;
  }

  private static Batch moved(Batch clean, LongFunction<Placement> place, Domain domain) {
    float[] image = new float[clean.width()];
    return clean.editRows(
        (i, x) -> {
          clean.copyRow(i, image);
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.lower(j);
          }
          place.apply(clean.example(i)).paint(image, x);
          for (int j = 0; j < x.length; j++) {
            x[j] = domain.clip(j, x[j]); // a mean may round out of it
          }
        });
  }

  @Override
  public String title() {
    return "Spatial-" + attempts();
  }
}
