package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFilesTest {
  private static final Range SIGNED = new Range(-1f, 1f);

  @TempDir Path folder;

  @Test
  void npz_is_read() throws IOException {
    Examples read = DataFiles.read(NumpyWrote.savez(folder), Range.UNIT);

    assertThat(read.shape()).isEqualTo(Shape.of(2, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data.csv", "DATA.CSV"})
  void csv_is_read_with_the_label_last(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "a,b,label\n-1,1,no\n0,0,yes\n");

    Examples read = DataFiles.read(file, SIGNED);

    assertThat(read.inputs().row(0)).containsExactly(-1f, 1f);
    assertThat(read.classNames()).containsExactly("no", "yes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train-%s-%s-ubyte", "t10k-%s.%s-ubyte", "%s-%s-ubyte.part1"})
  void idx_is_read_with_the_labels_beside_it(String pattern) throws IOException {
    byte[] images = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, (byte) 255};
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 1, 4};
    Path file = Files.write(folder.resolve(pattern.formatted("images", "idx3")), images);
    Files.write(folder.resolve(pattern.formatted("labels", "idx1")), labels);

    Examples read = DataFiles.read(file, SIGNED);

    assertThat(read.inputs().row(0)).containsExactly(-1f, 1f);
    assertThat(read.labels().atRow(0)).isEqualTo(4);
  }

  @Test
  void idx_without_labels_is_refused() throws IOException {
    byte[] images = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0};
    Path file = Files.write(folder.resolve("images-idx3-ubyte"), images);

    assertThatThrownBy(() -> DataFiles.read(file, Range.UNIT))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("labels-idx1-ubyte") + ": there is no such file");
  }

  @Test
  void bin_is_cifar_10() throws IOException {
    Path file = Files.write(folder.resolve("test_batch.bin"), new byte[3073]);

    Examples read = DataFiles.read(file, SIGNED);

    assertThat(read.shape()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(read.inputs().get(0, 0)).isEqualTo(-1f);
  }

  @Test
  void a_folder_is_one_of_images() throws IOException {
    Path images = Files.createDirectories(folder.resolve("data.bin"));
    Files.createDirectory(images.resolve("cat"));
    Files.write(images.resolve("cat/1.png"), Png.of(1, 8, Png.GREY, new int[] {0}));

    Examples read = DataFiles.read(images, SIGNED);

    assertThat(read.classNames()).containsExactly("cat");
    assertThat(read.inputs().row(0)).containsExactly(-1f);
  }

  @Test
  void an_unknown_name_is_answered_with_what_is_supported() throws IOException {
    Path file = Files.writeString(folder.resolve("data.parquet"), "PAR1");

    assertThatThrownBy(() -> DataFiles.read(file, Range.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a data path must be one of *.npz, *.csv, *.csv.gz, *images*idx3-ubyte* (with its"
                + " labels beside it), *.bin (CIFAR-10) or a folder of class folders of PNGs, but"
                + " was "
                + file);
  }

  @Test
  void a_missing_path_is_refused() {
    Path missing = folder.resolve("none.npz");

    assertThatThrownBy(() -> DataFiles.read(missing, Range.UNIT))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": there is no such file");
  }
}
