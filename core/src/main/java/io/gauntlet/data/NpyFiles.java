package io.gauntlet.data;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import java.nio.file.Path;

/**
 * Reads inputs and labels that numpy's {@code np.save} wrote to two {@code .npy} files.
 *
 * <p>Versions 1.0 to 3.0; types f2, f4, f8, i1 to i8, u1 to u8 and b1 in either byte order;
 * row-major or column-major. Values of f4 are taken as they are, others become the nearest float.
 * Structured, text, complex and pickled arrays are refused.
 */
public final class NpyFiles {
  private NpyFiles() {}

  /**
   * Inputs that all lie in one range, and their labels.
   *
   * @param inputs array with one example along the first axis; the other axes are its shape
   * @param labels array of as many whole numbers from 0, of any type
   * @param range legal values, which nothing is scaled to
   * @throws DataException if a file is missing, cut off or not what numpy writes, a value is not
   *     legal, or a label is negative, fractional or 1048576 or more
   */
  public static Examples read(Path inputs, Path labels, Range range) {
    return read(inputs, labels, Domain.of(range));
  }

  /**
   * Inputs with a range for each feature, and their labels.
   *
   * @param domain legal values of each feature, which nothing is scaled to
   * @throws DataException as {@link #read(Path, Path, Range)} does
   */
  public static Examples read(Path inputs, Path labels, Domain domain) {
    try (ByteSource x = ByteSource.open(inputs);
        ByteSource y = ByteSource.open(labels)) {
      return examples(x, y, domain);
    }
  }

  /** Reads both arrays, the short one first. */
  static Examples examples(ByteSource x, ByteSource y, Domain domain) {
    NpyArray inputs = NpyArray.open(x);
    int[] labels = NpyArray.open(y).labels(inputs.rows());
    return new Examples(inputs.exampleShape(), inputs.inputs(domain), Labels.of(labels));
  }
}
