package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Random resizing and padding: every image is enlarged by a random factor and put at a random place
 * on a black canvas before the network sees it, anew for each question.
 *
 * <p>Follows Xie, Wang, Zhang, Ren, Yuille: <a href="https://arxiv.org/abs/1711.01991">Mitigating
 * Adversarial Effects Through Randomization</a>, ICLR 2018. Broken by Athalye, Carlini, Wagner: <a
 * href="https://arxiv.org/abs/1802.00420">Obfuscated Gradients Give a False Sense of Security</a>,
 * ICML 2018, with the mean gradient over many draws (EOT).
 *
 * <p>Asks count: the same questions in the same order get the same answers, on one thread.
 */
public final class RandomResizing implements DefendedModel {
  private final DifferentiableModel network;
  private final int side;
  private final int canvas;
  private final int draws;
  private final Seed seed;
  private final AtomicInteger questions = new AtomicInteger();

  /**
   * A network behind random placements.
   *
   * @param network reads canvases, square and of one channel
   * @param side pixels of an image's side; at most those of a canvas'
   * @param draws placements that an attacker who knows the defense averages over; at least 1
   */
  public RandomResizing(DifferentiableModel network, int side, int draws, Seed seed) {
    this.network = network;
    this.side = side;
    this.draws = draws;
    this.seed = seed;
    canvas = (int) Math.round(Math.sqrt(network.inputShape().size()));
    Check.atLeast(1, draws, "draws");
    Check.atLeast(side, canvas, "pixels of a canvas' side");
  }

  /** Every image at a random place of its own. */
  public static Batch placed(Batch images, int side, int canvas, Seed seed) {
    return Placement.all(placements(images, side, canvas, seed), images);
  }

  private static List<Placement> placements(Batch images, int side, int canvas, Seed seed) {
    List<Placement> placements = new ArrayList<>();
    for (int i = 0; i < images.rows(); i++) {
      placements.add(Placement.draw(side, canvas, seed.forExample(images.example(i))));
    }
    return placements;
  }

  /**
   * Where an image goes.
   *
   * @param side of the image
   * @param canvas side of what it is put on
   * @param size side of the image once it is enlarged
   * @param top rows above it
   * @param left columns left of it
   */
  private record Placement(int side, int canvas, int size, int top, int left) {
    static Placement draw(int side, int canvas, RandomGenerator random) {
      int size = random.nextInt(side, canvas + 1);
      int room = canvas - size + 1;
      return new Placement(side, canvas, size, random.nextInt(room), random.nextInt(room));
    }

    static Batch all(List<Placement> placements, Batch images) {
      int width = placements.isEmpty() ? 1 : placements.get(0).canvas * placements.get(0).canvas;
      float[] flat = new float[images.rows() * width];
      for (int i = 0; i < images.rows(); i++) {
        System.arraycopy(placements.get(i).onto(images.row(i)), 0, flat, i * width, width);
      }
      return images.withValues(width, flat);
    }

    /** The nearest pixel of the image for each pixel of the canvas that it covers. */
    float[] onto(float[] image) {
      float[] pixels = new float[canvas * canvas];
      for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
          pixels[target(row, column)] = image[source(row, column)];
        }
      }
      return pixels;
    }

    /** The way back: every pixel of the image gets what its copies on the canvas have. */
    float[] back(float[] byPixel) {
      float[] byImage = new float[side * side];
      for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
          byImage[source(row, column)] += byPixel[target(row, column)];
        }
      }
      return byImage;
    }

    private int target(int row, int column) {
      return (top + row) * canvas + left + column;
    }

    private int source(int row, int column) {
      return row * side / size * side + column * side / size;
    }
  }

  @Override
  public Shape inputShape() {
    return Shape.of(1, side, side);
  }

  @Override
  public Domain domain() {
    return network.domain();
  }

  @Override
  public int classes() {
    return network.classes();
  }

  @Override
  public Concurrency concurrency() {
    return Concurrency.SINGLE_THREADED;
  }

  @Override
  public String fingerprint() {
    return "RandomResizing[%s to %s, %s]".formatted(side, canvas, network.fingerprint());
  }

  @Override
  public Batch logits(Batch inputs) {
    return network.logits(placed(inputs, side, canvas, next()));
  }

  private Seed next() {
    return seed.derive(questions.getAndIncrement());
  }

  /** Follows the one draw that each question meets. */
  @Override
  public DifferentiableModel naive() {
    return new View(this, this::drawn);
  }

  private ForwardPass drawn(Batch inputs) {
    List<Placement> placements = placements(inputs, side, canvas, next());
    ForwardPass pass = network.forward(Placement.all(placements, inputs));
    return new Way(
        pass,
        pass.logits(),
        byLogit -> {
          Batch byPixel = pass.backward(byLogit);
          return inputs.editRows(
              (i, x) ->
                  System.arraycopy(placements.get(i).back(byPixel.row(i)), 0, x, 0, x.length));
        });
  }

  /** Answers with mean logits over the draws, and follows them. */
  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return new View(this, inputs -> new Mean(drawn(draws, inputs)));
  }

  private List<ForwardPass> drawn(int times, Batch inputs) {
    List<ForwardPass> passes = new ArrayList<>();
    for (int draw = 0; draw < times; draw++) {
      passes.add(drawn(inputs));
    }
    return passes;
  }

  private record Mean(List<ForwardPass> passes) implements ForwardPass {
    @Override
    public Batch logits() {
      return mean(passes.stream().map(ForwardPass::logits).toList());
    }

    @Override
    public Batch backward(Batch byLogit) {
      return mean(passes.stream().map(pass -> pass.backward(byLogit)).toList());
    }

    private static Batch mean(List<Batch> parts) {
      return parts.stream().reduce(Batch::plus).orElseThrow().times(1f / parts.size());
    }

    @Override
    public void close() {
      passes.forEach(ForwardPass::close);
    }
  }

  @Override
  public String route() {
    return "EOT, the mean over %s draws".formatted(draws);
  }
}
