package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, against numbers that numpy found in them. */
@Tag("published")
class PublishedDataTest {
  @TempDir Path folder;

  @Test
  void mnist_has_the_published_labels_and_pixels() {
    Examples mnist = DataFiles.read(images("mnist"), Range.UNIT);

    assertThat(mnist.shape()).isEqualTo(Shape.of(1, 28, 28));
    assertThat(mnist.classNames())
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(histogram(mnist))
        .containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
    assertThat(labels(mnist.first(10))).containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
    assertThat(mnist.inputs().get(0, 7 * 28 + 6)).isEqualTo(84 / 255f);
    assertThat(mnist.inputs().get(0, 14 * 28 + 18)).isEqualTo(254 / 255f);
    assertThat(mean(mnist)).isCloseTo(0.13251460584233693, within(1e-8));
  }

  @Test
  void mnist_may_be_mapped_onto_another_range() {
    Examples mnist = DataFiles.read(images("mnist"), new Range(-1f, 1f));

    assertThat(mean(mnist)).isCloseTo(2 * 0.13251460584233693 - 1, within(1e-7));
    assertThat(mnist.inputs().get(0, 0)).isEqualTo(-1f);
  }

  @Test
  void mnist_cut_off_anywhere_is_refused() throws IOException {
    Path whole = images("mnist");
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve(whole.getFileName());
    Path labels = IdxFiles.labelsOf(whole);
    for (int length : new int[] {1, 5, 18, 1000, 1_000_000, bytes.length - 9, bytes.length - 1}) {
      Files.write(cut, Arrays.copyOf(bytes, length));

      assertThatThrownBy(() -> IdxFiles.read(cut, labels))
          .as("%s bytes", length)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(cut + ", ");
    }
  }

  @Test
  void fashion_mnist_has_the_published_labels_and_pixels() {
    Examples fashion = DataFiles.read(images("fashion-mnist"), Range.UNIT);

    assertThat(histogram(fashion)).containsOnly(1000).hasSize(10);
    assertThat(labels(fashion.first(10))).containsExactly(9, 2, 1, 1, 6, 1, 4, 6, 5, 7);
    assertThat(fashion.inputs().get(0, 14 * 28 + 24)).isEqualTo(158 / 255f);
    assertThat(mean(fashion)).isCloseTo(0.28684928071228494, within(1e-8));
  }

  @Test
  void digits_are_scaled_from_16_grey_levels() {
    Path file = PublishedData.folder("digits").resolve("digits.csv.gz");

    Examples digits =
        CsvFiles.labelLast(Domain.of(0, 16))
            .scaledTo(Range.UNIT)
            .withShape(Shape.of(1, 8, 8))
            .read(file);

    assertThat(digits.shape()).isEqualTo(Shape.of(1, 8, 8));
    assertThat(histogram(digits)).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    assertThat(digits.inputs().row(0)).startsWith(0f, 0f, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f);
    assertThat(digits.labels().atRow(1796)).isEqualTo(8);
    assertThat(mean(digits) * 16 * 64 * 1797).isCloseTo(561718, within(1e-3));
  }

  @Test
  void digits_come_through_npz_unchanged() {
    Path file = PublishedData.folder("digits").resolve("digits.csv.gz");
    Examples digits = DataFiles.read(file, new Range(0f, 16f)).as(Shape.of(8, 8));
    Path npz = folder.resolve("digits.npz");

    NpzFiles.write(npz, digits);
    Examples again = DataFiles.read(npz, new Range(0f, 16f));

    assertThat(again.shape()).isEqualTo(Shape.of(8, 8));
    assertThat(again.inputs().buffer()).isEqualTo(digits.inputs().buffer());
    assertThat(labels(again)).isEqualTo(labels(digits));
  }

  @Test
  void spam_is_named_by_the_header_and_sorted_classes() {
    Path file = PublishedData.folder("spambase").resolve("spambase_kernlab.csv.gz");

    Examples spam = DataFiles.read(file, new Range(0f, 20_000f));

    assertThat(spam.shape()).isEqualTo(Shape.of(57));
    assertThat(spam.classNames()).containsExactly("nonspam", "spam");
    assertThat(histogram(spam)).containsExactly(2788, 1813);
  }

  private static Path images(String name) {
    return PublishedData.folder(name).resolve("t10k-images-idx3-ubyte.gz");
  }

  private static int[] labels(Examples examples) {
    int[] labels = new int[examples.count()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = examples.labels().atRow(row);
    }
    return labels;
  }

  private static int[] histogram(Examples examples) {
    int[] counts = new int[examples.classNames().size()];
    for (int label : labels(examples)) {
      counts[label]++;
    }
    return counts;
  }

  private static double mean(Examples examples) {
    FloatBuffer values = examples.inputs().buffer();
    double sum = 0;
    for (int i = 0; i < values.limit(); i++) {
      sum += values.get(i);
    }
    return sum / values.limit();
  }
}
