package io.gauntlet.benchmarks;

import io.gauntlet.data.CifarFiles;
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
import java.util.stream.IntStream;

/** Images of ten classes, pixels from 0 to 1, as their publishers pack them. */
final class Images {
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte.gz";
  private static final String TRAINING_IMAGES = "train-images-idx3-ubyte.gz";
  private static final String DIGITS = "digits.csv.gz";
  private static final String CIFAR_TEST_IMAGES = "test_batch.bin";

  /** What a folder is to hold. */
  static final String FOLDER =
      "folder of "
          + TEST_IMAGES
          + " and its labels, with "
          + TRAINING_IMAGES
          + " if they are there, of the binary version of CIFAR-10, or of "
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
    boolean published = isCifar(folder) || Files.exists(folder.resolve(TRAINING_IMAGES));
    Examples drawn = published ? trainingImages(folder) : in(folder);
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

  private static Examples trainingImages(Path folder) {
    return isCifar(folder)
        ? CifarFiles.cifar10(
            IntStream.rangeClosed(1, 5)
                .mapToObj(number -> folder.resolve("data_batch_" + number + ".bin"))
                .toArray(Path[]::new))
        : DataFiles.read(folder.resolve(TRAINING_IMAGES), Range.UNIT);
  }

  private static boolean isCifar(Path folder) {
    return Files.exists(folder.resolve(CIFAR_TEST_IMAGES));
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

  /**
   * The 8x8 digits of UCI where the folder has them, otherwise the test images of CIFAR-10 or an
   * MNIST.
   */
  static Examples in(Path folder) {
    Path digits = folder.resolve(DIGITS);
    return Files.exists(digits)
        ? CsvFiles.labelLast(Domain.of(0, 16))
            .scaledTo(Range.UNIT)
            .withShape(Shape.of(1, 8, 8))
            .read(digits)
        : DataFiles.read(
            folder.resolve(isCifar(folder) ? CIFAR_TEST_IMAGES : TEST_IMAGES), Range.UNIT);
  }
}
