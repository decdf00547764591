package io.gauntlet.benchmarks;

import io.gauntlet.data.CsvFiles;
import io.gauntlet.data.DataFiles;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.nio.file.Files;
import java.nio.file.Path;

/** Grey images of ten classes, pixels from 0 to 1, as their publishers pack them. */
final class Images {
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte.gz";
  private static final String DIGITS = "digits.csv.gz";

  /** What a folder is to hold. */
  static final String FOLDER = "folder of " + TEST_IMAGES + " and its labels, or of " + DIGITS;

  private Images() {}

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
