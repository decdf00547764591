package io.gauntlet.benchmarks;

import io.gauntlet.data.CsvFiles;
import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Grey images of ten classes, pixels from 0 to 1, as their publishers pack them. */
final class Images {
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte.gz";
  private static final String TRAINING_IMAGES = "train-images-idx3-ubyte.gz";
  private static final String DIGITS = "digits.csv.gz";

  /** What a folder is to hold. */
  static final String FOLDER =
      "folder of "
          + TEST_IMAGES
          + " and its labels, with "
          + TRAINING_IMAGES
          + " if they are there, or of "
          + DIGITS;

  private Images() {}

  /** What to learn from, and what to ask. */
  record Split(Examples learnt, Examples test) {}

  /**
   * So many images to learn from, drawn from the published training images where the folder has
   * them, with all test images to ask; otherwise drawn from all there are, with the rest to ask.
   *
   * @throws IllegalArgumentException if the images do not suffice
   */
  static Split split(Path folder, int training) {
    Path apart = folder.resolve(TRAINING_IMAGES);
    boolean published = Files.exists(apart);
    Examples drawn = published ? DataFiles.read(apart, Range.UNIT) : in(folder);
    if (drawn.count() < training || (drawn.count() == training && !published)) {
      throw new IllegalArgumentException(
          "of %s images in %s, %s for training leave no test"
              .formatted(drawn.count(), folder, training));
    }
    int[] order = Seed.of(0).permutation(drawn.count());
    Examples learnt = drawn.select(Arrays.stream(order, 0, training).sorted().toArray());
    Examples test =
        published
            ? in(folder)
            : drawn.select(Arrays.stream(order, training, order.length).sorted().toArray());
    return new Split(learnt, test);
  }

  /** What gives the pixels of these images, taken together, mean 0 and standard deviation 1. */
  static Normalisation standardising(Examples images) {
    Batch pixels = images.inputs();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < pixels.rows(); i++) {
      for (float pixel : pixels.row(i)) {
        sum += pixel;
        squares += pixel * pixel;
      }
    }
    double count = (double) pixels.rows() * pixels.width();
    double mean = sum / count;
    return Normalisation.of((float) mean, (float) Math.sqrt(squares / count - mean * mean));
  }

  /** The 8x8 digits of UCI where the folder has them, otherwise the test images of an MNIST. */
  static Examples in(Path folder) {
    Path digits = folder.resolve(DIGITS);
    return Files.exists(digits)
        ? CsvFiles.labelLast(Domain.of(0, 16))
            .scaledTo(Range.UNIT)
            .withShape(Shape.of(1, 8, 8))
            .read(digits)
        : DataFiles.read(folder.resolve(TEST_IMAGES), Range.UNIT);
  }
}
