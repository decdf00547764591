package io.gauntlet.attacks.patch;

import io.gauntlet.attacks.image.Placement;
import io.gauntlet.attacks.image.Pose;
import io.gauntlet.attacks.universal.TrainingSet;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Crafts one patch that fools a model wherever, and on whatever image, it is put.
 *
 * <pre>{@code
 * Patch patch = AdversarialPatch.standard().craft(model, training, Seed.of(1));
 * RobustnessReport report =
 *     Robustness.of(model)
 *         .under(ThreatModel.unbounded(Norm.l0()))
 *         .attackedBy(patch.atRandom(10))
 *         .evaluate(unseen);
 * }</pre>
 *
 * <p>Follows Brown, Mané, Roy, Abadi, Gilmer: <a
 * href="https://arxiv.org/abs/1712.09665">Adversarial Patch</a>, 2017: gradient ascent on the
 * expected loss over images, places, turns and scales. Differs from it in two ways: the steps go by
 * the gradient's sign and shrink linearly to zero; and without a target the loss is cut off where
 * an image is fooled for good (Shafahi and others: <a
 * href="https://arxiv.org/abs/1811.11304">Universal Adversarial Training</a>, AAAI 2020).
 *
 * <p>Takes images of shape channels x height x width, or height x width. Crafting is not part of an
 * evaluation: its passes are in no report and under no query budget.
 *
 * @param form outline
 * @param share part of the image's area that the patch covers at scale 1, rounded to whole pixels
 *     of its side; above 0, at most 1
 * @param views how the patch is seen while it is crafted
 * @param epochs passes over the training examples; at least 1
 * @param batch examples in one step, each seen in another way; at least 1
 * @param travel length of each pixel's whole path in widths of the domain, however many steps it
 *     takes; finite, positive
 * @param cap cross-entropy in nats above which an image counts no more, which it does only without
 *     a target; finite, positive
 * @param target class that all images are to be taken for; empty for any wrong one
 */
public record AdversarialPatch(
    Form form,
    float share,
    Views views,
    int epochs,
    int batch,
    float travel,
    float cap,
    OptionalInt target) {
  /**
   * How the patch is seen while it is crafted; it lies anywhere on the image.
   *
   * @param degrees largest turn, either way; finite, not negative
   * @param smallest scale; positive
   * @param largest scale; finite, not below {@code smallest}
   */
  public record Views(float degrees, float smallest, float largest) {
    /** Upright, and at scale 1. */
    public static final Views UPRIGHT = new Views(0, 1, 1);

    /** Checks the limits. */
    public Views {
      Check.nonNegative(degrees, "degrees");
      Check.positive(smallest, "smallest scale");
      Check.positive(largest, "largest scale");
      if (smallest > largest) {
        throw new IllegalArgumentException(
            "smallest scale must be at most the largest, %s, but was %s"
                .formatted(largest, smallest));
      }
    }
  }

  /** Checks the hyperparameters. */
  public AdversarialPatch {
    Check.positive(share, "share");
    if (share > 1) {
      throw new IllegalArgumentException("share must be at most 1, but was " + share);
    }
    Check.atLeast(1, epochs, "epochs");
    Check.atLeast(1, batch, "batch");
    Check.positive(travel, "travel");
    Check.positive(cap, "cap");
    if (target.isPresent()) {
      Check.atLeast(0, target.getAsInt(), "target");
    }
  }

  /** A disc of a tenth of the image, turned by up to 22.5 degrees and from 0.8 to 1.2 as large. */
  public static AdversarialPatch standard() {
    return new AdversarialPatch(
        Form.CIRCLE, 0.1f, new Views(22.5f, 0.8f, 1.2f), 20, 16, 10, 3, OptionalInt.empty());
  }

  /** The same of another form. */
  public AdversarialPatch withForm(Form newForm) {
    return new AdversarialPatch(newForm, share, views, epochs, batch, travel, cap, target);
  }

  /** The same over another part of the image. */
  public AdversarialPatch withShare(float newShare) {
    return new AdversarialPatch(form, newShare, views, epochs, batch, travel, cap, target);
  }

  /** The same seen in other ways. */
  public AdversarialPatch withViews(Views newViews) {
    return new AdversarialPatch(form, share, newViews, epochs, batch, travel, cap, target);
  }

  /** The same with another number of passes over the examples. */
  public AdversarialPatch withEpochs(int newEpochs) {
    return new AdversarialPatch(form, share, views, newEpochs, batch, travel, cap, target);
  }

  /** The same with another number of examples in one step. */
  public AdversarialPatch withBatch(int newBatch) {
    return new AdversarialPatch(form, share, views, epochs, newBatch, travel, cap, target);
  }

  /** The same with longer or shorter paths. */
  public AdversarialPatch withTravel(float newTravel) {
    return new AdversarialPatch(form, share, views, epochs, batch, newTravel, cap, target);
  }

  /** The same with the loss cut at another value. */
  public AdversarialPatch withCap(float newCap) {
    return new AdversarialPatch(form, share, views, epochs, batch, travel, newCap, target);
  }

  /** The same towards one class. */
  public AdversarialPatch towards(int newTarget) {
    return new AdversarialPatch(
        form, share, views, epochs, batch, travel, cap, OptionalInt.of(newTarget));
  }

  /**
   * Learns the patch, from mid-grey.
   *
   * @param training images of the kind the patch is for, not those it will be judged by
   * @return the patch, tried at the worst of ten random places
   * @throws IllegalArgumentException if the patch does not fit into the image, there is no example,
   *     or examples or target do not fit the model
   */
  public Patch craft(DifferentiableModel model, Examples training, Seed seed) {
    ImageShape image = ImageShape.of(model.inputShape());
    int side = side(image);
    boolean[] opaque = form.opaque(side);
    TrainingSet set = TrainingSet.of(model, training, target);
    LogitLoss loss = set.loss(cap);
    Neighbourhood legal = aroundGrey(image, side, model.domain());
    Batch patch = legal.clean();
    for (int epoch = 0; epoch < epochs; epoch++) {
      List<Batch> parts = set.shuffled(batch, seed.derive(2 * epoch));
      for (int part = 0; part < parts.size(); part++) {
        Batch inputs = parts.get(part);
        Seed draws = seed.derive(2 * epoch + 1);
        Placement[] places = new Placement[inputs.rows()];
        for (int i = 0; i < places.length; i++) {
          Pose pose = pose(image, side, draws.forExample(inputs.example(i)));
          places[i] = Placement.of(side, opaque, image, pose);
        }
        float done = (epoch + (part + 0.5f) / parts.size()) / epochs;
        float length = 2 * travel / ((float) epochs * parts.size()) * (1 - done) * legal.radius();
        Batch ascent = ascent(model, inputs, patch, places, loss);
        patch = legal.project(patch.plus(legal.steepest(patch, ascent, length)));
      }
    }
    return new Patch(patch, side, form, new Where.Random(10), toString());
  }

  private int side(ImageShape image) {
    int side = Math.max(1, Math.round(form.sideFor(share * image.area())));
    float largest = views.largest() * side;
    if (largest > Math.min(image.height(), image.width())) {
      throw new IllegalArgumentException(
          "a patch must fit into the image, but one of share %s is up to %s pixels wide on %s"
              .formatted(share, largest, image));
    }
    return side;
  }

  /** All patches of legal colours; those of a channel are legal somewhere on the image. */
  private static Neighbourhood aroundGrey(ImageShape image, int side, Domain domain) {
    List<Range> ranges = new ArrayList<>();
    float[] grey = new float[image.channels() * side * side];
    for (int j = 0; j < grey.length; j++) {
      Range range = channel(j / (side * side), image, domain);
      ranges.add(range);
      grey[j] = (range.lower() + range.upper()) / 2;
    }
    return ThreatModel.unbounded(Norm.linf()).around(Batch.of(grey), Domain.perFeature(ranges));
  }

  private static Range channel(int channel, ImageShape image, Domain domain) {
    float lower = Float.POSITIVE_INFINITY;
    float upper = Float.NEGATIVE_INFINITY;
    for (int j = channel * image.area(); j < (channel + 1) * image.area(); j++) {
      lower = Math.min(lower, domain.lower(j));
      upper = Math.max(upper, domain.upper(j));
    }
    return new Range(lower, upper);
  }

  /** Any turn and scale, anywhere that keeps the patch, were it not turned, on the image. */
  private Pose pose(ImageShape image, int side, RandomGenerator random) {
    float scale = views.smallest() + random.nextFloat() * (views.largest() - views.smallest());
    float down = (image.height() - scale * side) * (random.nextFloat() - 0.5f);
    float right = (image.width() - scale * side) * (random.nextFloat() - 0.5f);
    return Pose.shifted(down, right)
        .turned(views.degrees() * (2 * random.nextFloat() - 1))
        .scaled(scale);
  }

  /** Derivative by the patch of the loss of all images together. */
  static Batch ascent(
      DifferentiableModel model, Batch inputs, Batch patch, Placement[] places, LogitLoss loss) {
    float[] pixels = patch.row(0);
    Batch patched = inputs.editRows((i, x) -> places[i].paint(pixels, x));
    Batch byInput = model.gradient(patched, loss).byInput();
    float[] sum = new float[pixels.length];
    for (int i = 0; i < places.length; i++) {
      places[i].backward(byInput.row(i), sum);
    }
    return patch.withValues(sum.length, sum);
  }
}
