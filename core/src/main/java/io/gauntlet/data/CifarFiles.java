package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the binary version of CIFAR-10 and CIFAR-100, from one file or several.
 *
 * <p>Follows Krizhevsky: <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 and
 * CIFAR-100 datasets</a>. A record is the label (CIFAR-100: the coarse and then the fine label, of
 * which the fine one counts) and 3072 pixel bytes: red, green, blue, each row by row.
 */
public final class CifarFiles {
  private static final Shape SHAPE = Shape.of(3, 32, 32);

  private static final List<String> TEN =
      names("airplane automobile bird cat deer dog frog horse ship truck");

  private static final List<String> HUNDRED =
      names(
          """
          apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus \
          butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach \
          couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster \
          house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree \
          motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear \
          pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road \
          rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel \
          streetcar sunflower sweet_pepper table tank telephone television tiger tractor train \
          trout tulip turtle wardrobe whale willow_tree wolf woman worm""");

  private CifarFiles() {}

  /**
   * CIFAR-10 with pixels in [0, 1].
   *
   * @param files such as {@code data_batch_1.bin}; at least one, read in the order given
   * @return examples of shape 3x32x32
   * @throws DataException if a file is missing or cut off, or a label is not below 10
   */
  public static Examples cifar10(Path... files) {
    return cifar10(List.of(files), Range.UNIT);
  }

  /**
   * CIFAR-10 whose pixel values 0 to 255 are mapped onto {@code range}.
   *
   * @throws DataException as {@link #cifar10(Path...)} does
   */
  public static Examples cifar10(List<Path> files, Range range) {
    return read(files, range, TEN, 1);
  }

  /**
   * CIFAR-100 with pixels in [0, 1] and the fine labels.
   *
   * @param files such as {@code test.bin}; at least one, read in the order given
   * @return examples of shape 3x32x32
   * @throws DataException if a file is missing or cut off, a fine label is not below 100 or a
   *     coarse one not below 20
   */
  public static Examples cifar100(Path... files) {
    return cifar100(List.of(files), Range.UNIT);
  }

  /**
   * CIFAR-100 whose pixel values 0 to 255 are mapped onto {@code range}.
   *
   * @throws DataException as {@link #cifar100(Path...)} does
   */
  public static Examples cifar100(List<Path> files, Range range) {
    return read(files, range, HUNDRED, 2);
  }

  private static Examples read(
      List<Path> files, Range range, List<String> classNames, int labelBytes) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("at least one file is needed, but there was none");
    }
    int record = labelBytes + SHAPE.size();
    long records = files.stream().mapToLong(ByteSource::sizeOf).sum() / record;
    Floats values = new Floats(files.get(0), records * SHAPE.size());
    List<Integer> labels = new ArrayList<>();
    float[] scaled = Scale.ofPixels(255, range);
    byte[] bytes = new byte[record];
    for (Path file : files) {
      try (ByteSource in = ByteSource.open(file)) {
        while (in.readUnlessAtEnd(bytes, "record " + in.offset() / record)) {
          labels.add(label(in, bytes, labelBytes, classNames.size()));
          for (int i = labelBytes; i < record; i++) {
            values.add(scaled[bytes[i] & 0xff]);
          }
        }
      }
    }
    return new Examples(
        SHAPE,
        Batch.wrap(SHAPE.size(), values.toArray()),
        Labels.of(labels.stream().mapToInt(Integer::intValue).toArray()),
        classNames);
  }

  private static int label(ByteSource in, byte[] record, int labelBytes, int classes) {
    long start = in.offset() - record.length;
    if (labelBytes == 2 && (record[0] & 0xff) >= 20) {
      throw in.broken(
          start, "coarse labels must be below 20, but this one was " + (record[0] & 0xff));
    }
    int label = record[labelBytes - 1] & 0xff;
    if (label >= classes) {
      throw in.broken(
          start + labelBytes - 1,
          "labels must be below %s, but this one was %s; is it a file of records of %s bytes?"
              .formatted(classes, label, record.length));
    }
    return label;
  }

  private static List<String> names(String separatedByBlanks) {
    return Arrays.asList(separatedByBlanks.split(" ", -1));
  }
}
