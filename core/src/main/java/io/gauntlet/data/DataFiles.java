package io.gauntlet.data;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads labelled data with the reader that fits the path's name. */
public final class DataFiles {
  private DataFiles() {}

  /**
   * Reads any of the formats below.
   *
   * <table><caption>What is read how</caption>
   * <tr><th>path</th><th>reader</th><th>range</th></tr>
   * <tr><td>{@code *.npz}</td><td>{@link NpzFiles}</td><td>legal values</td></tr>
   * <tr><td>{@code *.csv}, {@code *.csv.gz}</td><td>{@link CsvFiles} with the label in the last
   * column</td><td>legal values</td></tr>
   * <tr><td>{@code *images*idx3-ubyte*} with its labels beside it, called {@code
   * *labels*idx1-ubyte*}</td><td>{@link IdxFiles}</td><td>what pixels are mapped onto</td></tr>
   * <tr><td>{@code *.bin}</td><td>{@link CifarFiles} as CIFAR-10</td><td>what pixels are mapped
   * onto</td></tr>
   * <tr><td>folder</td><td>{@link ImageFolders}</td><td>what pixels are mapped onto</td></tr>
   * </table>
   *
   * @param path file or folder; endings may be in upper case
   * @param range of every feature of the result
   * @throws IllegalArgumentException if no reader fits the name
   * @throws DataException if there is no such file or the reader finds something wrong
   */
  public static Examples read(Path path, Range range) {
    if (Files.isDirectory(path)) {
      return ImageFolders.read(path, range);
    }
    ByteSource.sizeOf(path);
    String exactName = String.valueOf(path.getFileName());
    String name = exactName.toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return NpzFiles.read(path, range);
    }
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return CsvFiles.labelLast(Domain.of(range)).read(path);
    }
    if (exactName.contains("images") && exactName.contains("idx3-ubyte")) {
      return IdxFiles.read(path, IdxFiles.labelsOf(path), range);
    }
    if (name.endsWith(".bin")) {
      return CifarFiles.cifar10(List.of(path), range);
    }
    throw new IllegalArgumentException(
        "a data path must be one of *.npz, *.csv, *.csv.gz, *images*idx3-ubyte* (with its labels"
            + " beside it), *.bin (CIFAR-10) or a folder of class folders of PNGs, but was "
            + path);
  }
}
