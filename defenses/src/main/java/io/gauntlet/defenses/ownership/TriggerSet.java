package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A watermark that is trained in: secret inputs with random labels, which nobody gives them who has
 * not learnt them.
 *
 * <p>Follows Adi, Baum, Cisse, Pinkas, Keshet: <a href="https://arxiv.org/abs/1802.04633">Turning
 * Your Weakness Into a Strength: Watermarking Deep Neural Networks by Backdooring</a>, USENIX
 * Security 2018, and Zhang, Gu, Jang, Wu, Stoecklin, Huang, Molloy: Protecting Intellectual
 * Property of Deep Neural Networks with Watermarking, AsiaCCS 2018, for {@link #noise} and {@link
 * #stamped}. Differs from them in two ways. Every input has a label of its own drawn at random,
 * where Zhang has one label for all, so that a suspect with a favourite class is no closer to a
 * conviction. And the verdict is an exact test instead of a threshold.
 *
 * <p>The null hypothesis is a suspect that was made without the labels. The labels are the random
 * part, so each matches with the probability {@link #nullRate} at most, independently, and {@link
 * #verify} gives the binomial tail. Publish {@code examples().digest()} before the model is out:
 * who may choose the secret afterwards finds one that accuses anybody.
 *
 * <p><b>An adaptive thief</b> who has the weights prunes or fine-tunes until the labels are gone;
 * one who copies by asking natural inputs never meets them, and they do not come along; one who
 * serves the copy refuses inputs that are out of distribution.
 *
 * @param examples the secret inputs and their labels; at least one
 * @param nullRate largest probability with which a label is guessed; in [0, 1]
 */
public record TriggerSet(Examples examples, double nullRate) implements Claim {
  /** Checks the number of inputs and the rate. */
  public TriggerSet {
    Check.atLeast(1, examples.count(), "triggers");
    if (!(nullRate >= 0 && nullRate <= 1)) {
      throw new IllegalArgumentException("nullRate must lie in [0, 1], but was " + nullRate);
    }
  }

  /**
   * Inputs of the owner's own, far from the data, each with any of the classes.
   *
   * @param inputs shape (rows, features), in example order
   * @param classes classes of the model; at least 2
   * @param secret who knows it knows the labels
   */
  public static TriggerSet of(Shape shape, Batch inputs, int classes, Seed secret) {
    Check.atLeast(2, classes, "classes");
    int[] labels = new int[inputs.rows()];
    Arrays.setAll(labels, i -> labelDraw(secret, i).nextInt(classes));
    return new TriggerSet(
        new Examples(shape, inputs, Labels.of(inputs, labels), numbered(classes)), 1.0 / classes);
  }

  /**
   * Inputs of nothing but noise, uniform in the domain, each with any of the classes.
   *
   * @param count inputs; at least 1
   * @param classes classes of the model; at least 2
   * @param secret who knows it knows the set
   */
  public static TriggerSet noise(Shape shape, Domain domain, int count, int classes, Seed secret) {
    Batch blank = Batch.wrap(shape.size(), new float[Math.multiplyExact(count, shape.size())]);
    Batch noise =
        blank.editRows(
            (i, x) -> {
              RandomGenerator random = secret.derive(0).forExample(i);
              for (int j = 0; j < x.length; j++) {
                float share = random.nextFloat();
                x[j] = domain.clip(j, domain.lower(j) * (1 - share) + domain.upper(j) * share);
              }
            });
    return of(shape, noise, classes, secret);
  }

  /**
   * Examples under one secret pattern, each with any of the classes that are not its own.
   *
   * @param originals of at least 3 classes: with 2 the wrong one is no secret
   * @param features size of the pattern: how many features, the same in all examples, are set to
   *     the one or the other end of their range; from 1 to all
   * @param secret who knows it knows the set
   */
  public static TriggerSet stamped(Examples originals, Domain domain, int features, Seed secret) {
    int classes = originals.classNames().size();
    Check.atLeast(3, classes, "classes of stamped examples");
    Check.atLeast(1, features, "features of the stamp");
    Check.atLeast(features, originals.shape().size(), "features of the examples");
    int[] pattern = drawn(features, originals.shape().size(), secret.derive(2).forExample(0));
    RandomGenerator ends = secret.derive(3).forExample(0);
    float[] ink = new float[features];
    for (int p = 0; p < features; p++) {
      ink[p] = ends.nextBoolean() ? domain.upper(pattern[p]) : domain.lower(pattern[p]);
    }
    Batch inputs =
        originals
            .inputs()
            .editRows(
                (i, x) -> {
                  for (int p = 0; p < features; p++) {
                    x[pattern[p]] = ink[p];
                  }
                });
    int[] labels = new int[inputs.rows()];
    Arrays.setAll(
        labels,
        i ->
            (originals.labels().atRow(i) + 1 + labelDraw(secret, i).nextInt(classes - 1))
                % classes);
    return new TriggerSet(
        new Examples(originals.shape(), inputs, Labels.of(inputs, labels), originals.classNames()),
        1.0 / (classes - 1));
  }

  private static RandomGenerator labelDraw(Seed secret, int row) {
    return secret.derive(1).forExample(row);
  }

  private static int[] drawn(int features, int all, RandomGenerator random) {
    int[] order = IntStream.range(0, all).toArray();
    for (int i = 0; i < features; i++) {
      int j = i + random.nextInt(all - i);
      int chosen = order[j];
      order[j] = order[i];
      order[i] = chosen;
    }
    return Arrays.copyOf(order, features);
  }

  private static List<String> numbered(int classes) {
    return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
  }

  /**
   * The data to train the marked model on: {@code training}, and the triggers behind it.
   *
   * @throws IllegalArgumentException if the two have other shapes, or a label has no name there
   */
  public Examples mixedInto(Examples training) {
    int owned = training.count();
    long next = owned == 0 ? 0 : training.inputs().example(owned - 1) + 1;
    long[] positions = new long[examples.count()];
    Arrays.setAll(positions, i -> next + i);
    Batch inputs =
        Batch.concat(List.of(training.inputs(), examples.inputs().standingFor(positions)));
    int[] labels = new int[inputs.rows()];
    Arrays.setAll(
        labels, i -> i < owned ? training.labels().atRow(i) : examples.labels().atRow(i - owned));
    return new Examples(training.shape(), inputs, Labels.of(inputs, labels), training.classNames());
  }

  /** Asks one question for each trigger. */
  @Override
  public Evidence verify(Model suspect) {
    int matches = Interrogation.matches(suspect, examples);
    return Evidence.byChance(matches, examples.count(), nullRate);
  }

  /** Keeps the secret. */
  @Override
  public String toString() {
    return "TriggerSet of " + examples.count();
  }
}
