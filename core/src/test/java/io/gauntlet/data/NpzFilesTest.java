package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzFilesTest {
  @TempDir Path folder;

  @Test
  void np_savez_is_read() throws IOException {
    isThatOfNumpy(NpzFiles.read(NumpyWrote.savez(folder), Range.UNIT));
  }

  @Test
  void np_savez_compressed_is_read() throws IOException {
    isThatOfNumpy(NpzFiles.read(NumpyWrote.savezCompressed(folder), Range.UNIT));
  }

  private static void isThatOfNumpy(Examples read) {
    assertThat(read.shape()).isEqualTo(Shape.of(2, 2));
    for (int i = 0; i < 12; i++) {
      assertThat(read.inputs().get(i / 4, i % 4)).isEqualTo(i / 11f);
    }
    assertThat(read.labels().atRow(0)).isEqualTo(2);
    assertThat(read.labels().atRow(1)).isZero();
    assertThat(read.labels().atRow(2)).isEqualTo(1);
    assertThat(read.classNames()).containsExactly("0", "1", "2");
  }

  @Test
  void what_is_written_is_read_again() throws IOException {
    Examples examples = examples();
    Path file = folder.resolve("out.npz");

    NpzFiles.write(file, examples);
    Examples read = NpzFiles.read(file, Range.UNIT);

    assertThat(read.shape()).isEqualTo(examples.shape());
    assertThat(read.inputs().buffer()).isEqualTo(examples.inputs().buffer());
    assertThat(read.labels().atRow(0)).isEqualTo(1);
    assertThat(read.labels().atRow(1)).isZero();
  }

  @Test
  void more_than_one_chunk_is_written() {
    float[] values = new float[50_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 50_000f;
    }
    Path file = folder.resolve("out.npz");

    NpzFiles.write(file, Examples.of(Batch.wrap(25_000, values), 0, 1));

    assertThat(NpzFiles.read(file, Range.UNIT).inputs().row(1))
        .containsExactly(Arrays.copyOfRange(values, 25_000, 50_000));
  }

  @Test
  void the_same_examples_give_the_same_bytes() throws IOException {
    Path one = folder.resolve("one.npz");
    Path two = folder.resolve("two.npz");

    NpzFiles.write(one, examples());
    NpzFiles.write(two, examples());

    assertThat(two).hasSameBinaryContentAs(one);
  }

  @Test
  void writing_replaces_the_file_and_leaves_nothing_beside_it() throws IOException {
    Path file = Files.writeString(folder.resolve("out.npz"), "old");

    NpzFiles.write(file, examples());

    assertThat(NpzFiles.read(file, Range.UNIT).count()).isEqualTo(2);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void a_writer_that_died_is_in_nobodys_way() throws IOException {
    Path dead = Files.writeString(folder.resolve("out.npz.unfinished0"), "half");
    Path file = folder.resolve("out.npz");

    NpzFiles.write(file, examples());

    assertThat(NpzFiles.read(file, Range.UNIT).count()).isEqualTo(2);
    assertThat(dead).hasContent("half");
  }

  @Test
  void folders_on_the_way_are_made() {
    Path file = folder.resolve("a").resolve("b").resolve("out.npz");

    NpzFiles.write(file, examples());

    assertThat(NpzFiles.read(file, Range.UNIT).count()).isEqualTo(2);
  }

  @Test
  void a_folder_that_is_a_file_is_reported() throws IOException {
    Path file = Files.writeString(folder.resolve("none"), "a file").resolve("out.npz");

    assertThatThrownBy(() -> NpzFiles.write(file, examples()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(file + " cannot be written");
  }

  @Test
  void nothing_is_not_written() {
    Examples none = examples().first(0);

    assertThatThrownBy(() -> NpzFiles.write(folder.resolve("out.npz"), none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("at least one example is needed, but there was none");
  }

  @Test
  void a_missing_array_is_refused() throws IOException {
    refuses(
        zip("x.npy", "", "labels.npy", ""),
        ": must hold the arrays x and y, but holds [x.npy, labels.npy]");
  }

  @Test
  void a_missing_file_is_refused() {
    refuses(folder.resolve("none.npz"), ": there is no such file");
  }

  @Test
  void a_file_that_is_no_archive_is_refused() throws IOException {
    refuses(
        Files.writeString(folder.resolve("text.npz"), "this is text, not an archive"),
        ": must be a zip archive as np.savez writes it, but: zip END header not found");
  }

  @Test
  void a_cut_off_archive_is_refused() throws IOException {
    Path file = NumpyWrote.savez(folder);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 30));

    refuses(file, ": must be a zip archive as np.savez writes it, but: zip END header not found");
  }

  @Test
  void an_array_that_is_not_numpys_is_refused() throws IOException {
    refuses(
        zip("x.npy", "not numpy", "y.npy", "not numpy"),
        ", x.npy, byte 0: a numpy array must begin with \\x93NUMPY, but this does not");
  }

  @Test
  void a_value_outside_the_range_is_placed_in_its_array() throws IOException {
    Path file = NumpyWrote.savezCompressed(folder);

    assertThatThrownBy(() -> NpzFiles.read(file, new Range(0f, 0.5f)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + ", x.npy, byte 152: example 1, feature 2: values must lie in [0.0, 0.5], but this"
                + " one was 0.5454545617103577");
  }

  @Test
  void a_changed_bit_is_noticed() throws IOException {
    Path file = NumpyWrote.savez(folder);
    byte[] bytes = Files.readAllBytes(file);
    int value = indexOf(bytes, new byte[] {(byte) 0x8c, 0x2e, (byte) 0xba, 0x3d}); // 1/11
    bytes[value] ^= 1;
    Files.write(file, bytes);

    refuses(file, ", x.npy, byte 0: the checksum of the array is wrong; the archive is damaged");
  }

  @Test
  void a_packed_array_that_claims_more_than_packing_reaches_is_refused() throws IOException {
    String header = new String(NpyHeader.write("<f4", "2000000, 784"), StandardCharsets.ISO_8859_1);
    Path file = zip("x.npy", header, "y.npy", "");

    assertThatThrownBy(() -> NpzFiles.read(file, Range.UNIT))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            ".*, x.npy, byte 128: the header claims the shape \\(2000000, 784\\), which are"
                + " 6272000000 bytes, but at most [0-9]{5,6} follow");
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  private void refuses(Path file, String message) {
    assertThatThrownBy(() -> NpzFiles.read(file, Range.UNIT))
        .isInstanceOf(DataException.class)
        .hasMessage(file + message);
  }

  private static Examples examples() {
    Batch inputs = Batch.of(new float[] {0f, 0.1f, 0.2f, 0.3f}, new float[] {1f, 0.9f, 0.8f, 0.7f});
    return new Examples(Shape.of(1, 2, 2), inputs, Labels.of(1, 0), List.of("cat", "dog"));
  }

  private Path zip(String... namesAndContents) throws IOException {
    Path file = folder.resolve("made.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndContents[i]));
        zip.write(namesAndContents[i + 1].getBytes(StandardCharsets.ISO_8859_1));
        zip.closeEntry();
      }
    }
    return file;
  }
}
