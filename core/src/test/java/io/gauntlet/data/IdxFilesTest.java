package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFilesTest {
  private static final byte[] PIXELS = {0, 51, 102, (byte) 153, (byte) 204, (byte) 255, 1, 2};

  @TempDir Path folder;

  @Test
  void pixels_become_255ths_in_the_order_of_the_file() throws IOException {
    Examples read = IdxFiles.read(images(2, 2, 2, PIXELS), labels(2, 3, 0));

    assertThat(read.shape()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(read.inputs().row(0)).containsExactly(0f, 0.2f, 0.4f, 0.6f);
    assertThat(read.inputs().row(1)).containsExactly(0.8f, 1f, 1 / 255f, 2 / 255f);
    assertThat(read.labels().atRow(0)).isEqualTo(3);
    assertThat(read.labels().atRow(1)).isZero();
    assertThat(read.classNames()).containsExactly("0", "1", "2", "3");
  }

  @Test
  void gzipped_files_are_unpacked() throws IOException {
    Path images = gzip(images(2, 2, 2, PIXELS));
    Path labels = gzip(labels(2, 3, 0));

    assertThat(IdxFiles.read(images, labels).inputs().row(0)).containsExactly(0f, 0.2f, 0.4f, 0.6f);
  }

  @Test
  void the_ends_of_another_range_are_met_exactly() throws IOException {
    Examples read =
        IdxFiles.read(images(1, 1, 2, (byte) 0, (byte) 255), labels(1, 0), new Range(-0.3f, 0.7f));

    assertThat(read.inputs().row(0)).containsExactly(-0.3f, 0.7f);
  }

  @Test
  void a_missing_file_is_refused() throws IOException {
    Path missing = folder.resolve("none");
    Path labels = labels(1, 0);

    assertThatThrownBy(() -> IdxFiles.read(missing, labels))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": there is no such file");
  }

  @Test
  void a_folder_is_refused() throws IOException {
    Path labels = labels(1, 0);

    assertThatThrownBy(() -> IdxFiles.read(folder, labels))
        .isInstanceOf(DataException.class)
        .hasMessage(folder + ": must be a file, but is a folder or a device");
  }

  @Test
  void an_empty_file_is_refused() throws IOException {
    refuses(file("images"), ": the file is empty");
  }

  @Test
  void labels_given_as_images_are_refused() throws IOException {
    refuses(
        labels(2, 1, 0),
        ", byte 0: IDX images must begin with the bytes 00 00 08 03, but the file begins with"
            + " 00 00 08 01");
  }

  @Test
  void images_given_as_labels_are_refused() throws IOException {
    Path images = images(2, 2, 2, PIXELS);

    assertThatThrownBy(() -> IdxFiles.read(images, images))
        .isInstanceOf(DataException.class)
        .hasMessage(
            images
                + ", byte 0: IDX labels must begin with the bytes 00 00 08 01, but the file begins"
                + " with 00 00 08 03");
  }

  @Test
  void a_cut_off_header_is_refused() throws IOException {
    refuses(
        file("images", 0, 0, 8, 3, 0, 0),
        ", byte 6: the file ends inside the header, of which 10 more bytes were expected");
  }

  @Test
  void a_size_of_zero_is_refused() throws IOException {
    refuses(images(2, 0, 2), ", byte 8: sizes must be from 1 to 2147483647, but the header has 0");
  }

  @Test
  void a_size_beyond_31_bits_is_refused() throws IOException {
    refuses(
        images(-1, 28, 28),
        ", byte 4: sizes must be from 1 to 2147483647, but the header has 4294967295");
  }

  @Test
  void a_claim_of_more_pixels_than_follow_is_refused() throws IOException {
    refuses(
        images(3, 2, 2, PIXELS),
        ", byte 16: the header claims 3 images of 2x2, which are 12 bytes, but at most 8 follow");
  }

  @Test
  void a_claim_that_overflows_is_refused() throws IOException {
    refuses(
        images(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, PIXELS),
        ", byte 4: there must be at most 2147483639 pixels, but the header claims 2147483647 images"
            + " of 2147483647x2147483647");
  }

  @Test
  void a_gzipped_claim_that_no_packing_reaches_is_refused_before_it_is_allocated()
      throws IOException {
    Path images = gzip(images(2_000_000, 32, 32, PIXELS));

    long most = Files.size(images) * 1032 - 16;
    refuses(
        images,
        ", unpacked byte 16: the header claims 2000000 images of 32x32, which are 2048000000 bytes,"
            + " but at most "
            + most
            + " follow");
  }

  @Test
  void gzipped_pixels_that_end_early_are_refused() throws IOException {
    refuses(
        gzip(images(3, 2, 2, PIXELS)),
        ", unpacked byte 24: the file ends inside the pixels, of which 4 more bytes were expected");
  }

  @Test
  void gzip_that_ends_early_is_refused() throws IOException {
    Path images = gzip(images(2, 2, 2, PIXELS));
    byte[] bytes = Files.readAllBytes(images);

    Files.write(images, Arrays.copyOf(bytes, bytes.length - 4));
    refuses(
        images, ", unpacked byte 24: the packed data end early, inside what follows the pixels");

    Files.write(images, Arrays.copyOf(bytes, 20));
    assertThatThrownBy(() -> IdxFiles.read(images, labels(2, 1, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(".*, unpacked byte [0-9]+: the packed data end early, inside .*");

    Files.write(images, Arrays.copyOf(bytes, 5));
    refuses(images, ", byte 0: the gzip header ends early");
  }

  @Test
  void gzip_with_a_wrong_checksum_is_refused() throws IOException {
    Path images = gzip(images(2, 2, 2, PIXELS));
    byte[] bytes = Files.readAllBytes(images);
    bytes[bytes.length - 8] ^= 1;
    Files.write(images, bytes);

    refuses(
        images,
        ", unpacked byte 24: the packed data cannot be read from here on: Corrupt GZIP trailer");
  }

  @Test
  void bytes_after_the_pixels_are_refused() throws IOException {
    refuses(
        images(1, 2, 2, PIXELS),
        ", byte 20: the file must end after the pixels, but more bytes follow");
  }

  @Test
  void another_number_of_labels_is_refused() throws IOException {
    Path images = images(2, 2, 2, PIXELS);
    Path labels = labels(3, 0, 1, 2);

    assertThatThrownBy(() -> IdxFiles.read(images, labels))
        .isInstanceOf(DataException.class)
        .hasMessage(
            labels
                + ", byte 4: every image needs one label, but there are 3 labels for the 2 images"
                + " of "
                + images);
  }

  @Test
  void labels_that_end_early_or_late_are_refused() throws IOException {
    Path images = images(2, 2, 2, PIXELS);
    Path early = labels(2, 0);

    assertThatThrownBy(() -> IdxFiles.read(images, early))
        .isInstanceOf(DataException.class)
        .hasMessage(
            early
                + ", byte 9: the file ends inside the labels, of which 1 more bytes were expected");

    Path late = labels(2, 0, 1, 2);
    assertThatThrownBy(() -> IdxFiles.read(images, late))
        .isInstanceOf(DataException.class)
        .hasMessage(late + ", byte 10: the file must end after the labels, but more bytes follow");
  }

  private void refuses(Path images, String message) throws IOException {
    Path labels = file("good-labels", 0, 0, 8, 1, 0, 0, 0, 2, 1, 0);

    assertThatThrownBy(() -> IdxFiles.read(images, labels))
        .isInstanceOf(DataException.class)
        .hasMessage(images + message);
  }

  private Path images(int count, int height, int width, byte... pixels) throws IOException {
    return Files.write(
        folder.resolve("images-idx3-ubyte"),
        ByteBuffer.allocate(16 + pixels.length)
            .putInt(0x803)
            .putInt(count)
            .putInt(height)
            .putInt(width)
            .put(pixels)
            .array());
  }

  private Path labels(int count, int... classes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + classes.length).putInt(0x801).putInt(count);
    for (int label : classes) {
      bytes.put((byte) label);
    }
    return Files.write(folder.resolve("labels-idx1-ubyte"), bytes.array());
  }

  private Path file(String name, int... bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int b : bytes) {
      out.write(b);
    }
    return Files.write(folder.resolve(name), out.toByteArray());
  }

  private static Path gzip(Path file) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(Files.readAllBytes(file));
    }
    return Files.write(file.resolveSibling(file.getFileName() + ".gz"), packed.toByteArray());
  }
}
