package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads a folder that has one subfolder of PNG images for each class.
 *
 * <pre>
 * traffic-signs/
 *   give-way/  0001.png 0002.png
 *   stop/      0001.png
 * </pre>
 *
 * <p>Classes and the images of each are taken in the order of their names' {@link
 * String#compareTo}. Images are grey (1 channel, 1 to 16 bits) or RGB (3 channels, 8 or 16 bits, or
 * a palette), all of one size and one kind. Transparency is refused. Names that begin with a dot
 * are passed over, and so are files beside the subfolders; anything else inside a subfolder is an
 * error.
 */
public final class ImageFolders {
  private ImageFolders() {}

  /**
   * Images with values in [0, 1], black being 0.
   *
   * @return examples of shape CxHxW, class by class; the subfolders' names are the class names
   * @throws DataException if the folder is missing or has no subfolders, a subfolder is empty or
   *     has something else in it, or an image is damaged, transparent or unlike the first one
   */
  public static Examples read(Path folder) {
    return read(folder, Range.UNIT);
  }

  /**
   * Images whose values are mapped onto {@code range}, black being its lower end.
   *
   * @throws DataException as {@link #read(Path)} does
   */
  public static Examples read(Path folder, Range range) {
    List<Path> classes = sorted(folder, Files::isDirectory);
    if (classes.isEmpty()) {
      throw new DataException(folder, "there must be one folder for each class, but there is none");
    }
    Path firstFile = images(classes.get(0)).get(0);
    Shape shape = PngImage.open(firstFile).shape();
    Floats values = new Floats(folder, 0);
    List<Integer> labels = new ArrayList<>();
    for (int k = 0; k < classes.size(); k++) {
      for (Path file : images(classes.get(k))) {
        PngImage image = PngImage.open(file);
        if (!image.shape().equals(shape)) {
          throw new DataException(
              file,
              "byte 16",
              "every image must be %s like %s, but this one is %s"
                  .formatted(shape, firstFile, image.shape()));
        }
        image.addTo(values, range);
        labels.add(k);
      }
    }
    return new Examples(
        shape,
        Batch.wrap(shape.size(), values.toArray()),
        Labels.of(labels.stream().mapToInt(Integer::intValue).toArray()),
        classes.stream().map(ImageFolders::name).toList());
  }

  private static List<Path> images(Path folder) {
    List<Path> images = sorted(folder, any -> true);
    if (images.isEmpty()) {
      throw new DataException(folder, "every class needs at least one image, but this has none");
    }
    for (Path image : images) {
      if (!name(image).toLowerCase(Locale.ROOT).endsWith(".png")) {
        throw new DataException(image, "a class folder must hold .png files and nothing else");
      }
    }
    return images;
  }

  private static List<Path> sorted(Path folder, Predicate<Path> wanted) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder, "there is no such folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !name(entry).startsWith("."))
          .filter(wanted)
          .sorted(Comparator.comparing(ImageFolders::name))
          .toList();
    } catch (IOException e) {
      throw new DataException(folder, e);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
