package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {
  @TempDir Path folder;

  @Test
  void cifar_10_records_of_all_files_are_read_in_order() throws IOException {
    Path one = file("one.bin", record(3), record(9));
    Path two = file("two.bin", record(0));

    Examples read = CifarFiles.cifar10(one, two);

    assertThat(read.shape()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(read.count()).isEqualTo(3);
    assertThat(read.labels().atRow(0)).isEqualTo(3);
    assertThat(read.labels().atRow(1)).isEqualTo(9);
    assertThat(read.labels().atRow(2)).isZero();
    assertThat(read.classNames())
        .containsExactly(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck");
    for (int i = 0; i < 3072; i++) {
      assertThat(read.inputs().get(1, i)).isEqualTo((i % 256) / 255f);
    }
  }

  @Test
  void cifar_100_takes_the_fine_label() throws IOException {
    Examples read = CifarFiles.cifar100(file("test.bin", record(19, 99), record(4, 0)));

    assertThat(read.labels().atRow(0)).isEqualTo(99);
    assertThat(read.labels().atRow(1)).isZero();
    assertThat(read.inputs().get(0, 255)).isEqualTo(1f);
    assertThat(read.classNames()).hasSize(100).doesNotHaveDuplicates().isSorted();
    assertThat(read.classNames()).startsWith("apple", "aquarium_fish").endsWith("woman", "worm");
  }

  @Test
  void pixels_may_be_mapped_onto_another_range() throws IOException {
    Examples read = CifarFiles.cifar10(List.of(file("a.bin", record(1))), new Range(-1f, 1f));

    assertThat(read.inputs().get(0, 0)).isEqualTo(-1f);
    assertThat(read.inputs().get(0, 255)).isEqualTo(1f);
  }

  @Test
  void a_cut_off_record_is_refused() throws IOException {
    Path file = file("cut.bin", record(1), Arrays.copyOf(record(2), 3000));

    assertThatThrownBy(() -> CifarFiles.cifar10(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ", byte 6073: the file ends inside record 1, of which 73 more bytes were"
                + " expected");
  }

  @Test
  void a_label_that_is_no_class_is_refused() throws IOException {
    Path file = file("bad.bin", record(1), record(10));

    assertThatThrownBy(() -> CifarFiles.cifar10(file))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ", byte 3073: labels must be below 10, but this one was 10; is it a file of"
                + " records of 3073 bytes?");
  }

  @Test
  void labels_of_cifar_100_that_are_no_classes_are_refused() throws IOException {
    Path fine = file("fine.bin", record(1, 100));
    assertThatThrownBy(() -> CifarFiles.cifar100(fine))
        .isInstanceOf(DataException.class)
        .hasMessage(
            fine
                + ", byte 1: labels must be below 100, but this one was 100; is it a file of"
                + " records of 3074 bytes?");

    Path coarse = file("coarse.bin", record(20, 5));
    assertThatThrownBy(() -> CifarFiles.cifar100(coarse))
        .isInstanceOf(DataException.class)
        .hasMessage(coarse + ", byte 0: coarse labels must be below 20, but this one was 20");
  }

  @Test
  void a_missing_or_empty_file_is_refused() throws IOException {
    Path good = file("good.bin", record(1));
    Path empty = file("empty.bin");
    Path missing = folder.resolve("none.bin");

    assertThatThrownBy(() -> CifarFiles.cifar10(good, empty))
        .isInstanceOf(DataException.class)
        .hasMessage(empty + ": the file is empty");
    assertThatThrownBy(() -> CifarFiles.cifar10(missing))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": there is no such file");
    assertThatThrownBy(() -> CifarFiles.cifar10())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("at least one file is needed, but there was none");
  }

  private static byte[] record(int... labels) {
    byte[] record = new byte[labels.length + 3072];
    for (int i = 0; i < labels.length; i++) {
      record[i] = (byte) labels[i];
    }
    for (int i = 0; i < 3072; i++) {
      record[labels.length + i] = (byte) i;
    }
    return record;
  }

  private Path file(String name, byte[]... records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] record : records) {
      out.write(record);
    }
    return Files.write(folder.resolve(name), out.toByteArray());
  }
}
