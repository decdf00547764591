package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFoldersTest {
  @TempDir Path folder;

  @Test
  void classes_and_files_are_taken_in_the_order_of_their_names() throws IOException {
    write("stop/b.png", grey(0));
    write("stop/a.PNG", grey(51));
    write("Yield/9.png", grey(102));
    write("Yield/10.png", grey(153));
    write("Yield/.DS_Store", new byte[] {1});
    write(".git/x", new byte[] {1});
    write("LICENSE", new byte[] {1});

    Examples read = ImageFolders.read(folder);

    assertThat(read.classNames()).containsExactly("Yield", "stop");
    assertThat(read.shape()).isEqualTo(Shape.of(1, 1, 1));
    assertThat(read.count()).isEqualTo(4);
    float[] values = {0.6f, 0.4f, 0.2f, 0f};
    int[] labels = {0, 0, 1, 1};
    for (int row = 0; row < 4; row++) {
      assertThat(read.inputs().row(row)).containsExactly(values[row]);
      assertThat(read.labels().atRow(row)).isEqualTo(labels[row]);
    }
  }

  @Test
  void grey_pixels_are_255ths_row_by_row() throws IOException {
    byte[] png = Png.of(3, 8, Png.GREY, new int[] {0, 51, 102}, new int[] {153, 204, 255});

    Examples read = one(png);

    assertThat(read.shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(read.inputs().row(0)).containsExactly(0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f);
  }

  @Test
  void rgb_pixels_are_split_into_channels() throws IOException {
    byte[] png = Png.of(2, 8, Png.RGB, new int[] {0, 51, 102, 153, 204, 255});

    Examples read = one(png);

    assertThat(read.shape()).isEqualTo(Shape.of(3, 1, 2));
    assertThat(read.inputs().row(0)).containsExactly(0f, 0.6f, 0.2f, 0.8f, 0.4f, 1f);
  }

  @Test
  void sixteen_bits_keep_their_precision() throws IOException {
    byte[] grey = Png.of(2, 16, Png.GREY, new int[] {0x12, 0x34, 0xff, 0xff});
    assertThat(one(grey).inputs().row(0)).containsExactly(0x1234 / 65535f, 1f);

    byte[] rgb = Png.of(1, 16, Png.RGB, new int[] {0x12, 0x34, 0, 1, 0xff, 0xfe});
    assertThat(one(rgb).inputs().row(0))
        .containsExactly(0x1234 / 65535f, 1 / 65535f, 65534 / 65535f);
  }

  @Test
  void fewer_than_eight_bits_reach_from_black_to_white() throws IOException {
    assertThat(one(Png.of(4, 1, Png.GREY, new int[] {0b1011_0000})).inputs().row(0))
        .containsExactly(1f, 0f, 1f, 1f);
    assertThat(one(Png.of(4, 2, Png.GREY, new int[] {0b00_01_10_11})).inputs().row(0))
        .containsExactly(0f, 1 / 3f, 2 / 3f, 1f);
    assertThat(one(Png.of(2, 4, Png.GREY, new int[] {0x3f})).inputs().row(0))
        .containsExactly(0.2f, 1f);
  }

  @Test
  void a_palette_is_rgb() throws IOException {
    byte[] colours = {0, 51, 102, (byte) 153, (byte) 204, (byte) 255};
    byte[] png =
        new Png(2, 1, 8, Png.PALETTE).chunk("PLTE", colours).pixels(new int[] {1, 0}).end();

    Examples read = one(png);

    assertThat(read.shape()).isEqualTo(Shape.of(3, 1, 2));
    assertThat(read.inputs().row(0)).containsExactly(0.6f, 0f, 0.8f, 0.2f, 1f, 0.4f);

    byte[] oneBit =
        new Png(2, 1, 1, Png.PALETTE).chunk("PLTE", colours).pixels(new int[] {0b1000_0000}).end();
    assertThat(one(oneBit).inputs().row(0)).containsExactly(0.6f, 0f, 0.8f, 0.2f, 1f, 0.4f);
  }

  @Test
  void a_gamma_chunk_changes_no_sample() throws IOException {
    byte[] gamma = ByteBuffer.allocate(4).putInt(45455).array();
    byte[] png = new Png(2, 1, 8, Png.GREY).chunk("gAMA", gamma).pixels(new int[] {51, 102}).end();

    assertThat(one(png).inputs().row(0)).containsExactly(0.2f, 0.4f);
  }

  @Test
  void what_the_jdk_writes_is_read() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x003366);
    image.setRGB(1, 0, 0x99ccff);
    Files.createDirectories(folder.resolve("a"));
    ImageIO.write(image, "png", folder.resolve("a/jdk.png").toFile());

    assertThat(ImageFolders.read(folder).inputs().row(0))
        .containsExactly(0f, 0.6f, 0.2f, 0.8f, 0.4f, 1f);
  }

  @Test
  void values_may_be_mapped_onto_another_range() throws IOException {
    write("a/1.png", Png.of(2, 8, Png.GREY, new int[] {0, 255}));

    assertThat(ImageFolders.read(folder, new Range(-1f, 1f)).inputs().row(0))
        .containsExactly(-1f, 1f);
  }

  @Test
  void images_of_another_size_are_refused() throws IOException {
    Path first = write("a/1.png", grey(0));
    Path other = write("b/1.png", Png.of(2, 8, Png.GREY, new int[] {0, 0}));

    refusesFolder(
        folder,
        other + ", byte 16: every image must be 1x1x1 like " + first + ", but this one is 1x1x2");
  }

  @Test
  void images_of_another_number_of_channels_are_refused() throws IOException {
    Path first = write("a/1.png", grey(0));
    Path other = write("a/2.png", Png.of(1, 8, Png.RGB, new int[] {0, 0, 0}));

    refusesFolder(
        folder,
        other + ", byte 16: every image must be 1x1x1 like " + first + ", but this one is 3x1x1");
  }

  @Test
  void transparency_is_refused() throws IOException {
    String type =
        ", byte 25: images must be grey or RGB without alpha, that is colour type 0, 2 or"
            + " 3, but this one has type ";
    refuses(Png.of(1, 8, Png.GREY_ALPHA, new int[] {0, 0}), type + 4);
    refuses(Png.of(1, 8, Png.RGB_ALPHA, new int[] {0, 0, 0, 0}), type + 6);
    refuses(
        new Png(1, 1, 8, Png.GREY).chunk("tRNS", (byte) 0, (byte) 0).pixels(new int[] {0}).end(),
        ", byte 33: images must be opaque, but this one has a transparency chunk, tRNS");
  }

  @Test
  void a_file_that_is_no_png_is_refused() throws IOException {
    refuses(
        "GIF89a not a PNG".getBytes(StandardCharsets.US_ASCII),
        ", byte 0: the file must begin with PNG's signature, but does not");
    refuses(new byte[0], ": the file is empty");
  }

  @Test
  void a_cut_off_image_is_refused() throws IOException {
    byte[] png = grey(51);

    refuses(
        Arrays.copyOf(png, png.length - 12),
        ", byte " + (png.length - 12) + ": the file ends before PNG's last chunk, IEND");
    refuses(
        Arrays.copyOf(png, png.length - 13),
        ", byte 33: the chunk claims 10 bytes, but only 9 follow");
    refuses(Arrays.copyOf(png, 20), ", byte 8: the chunk claims 13 bytes, but only 0 follow");
  }

  @Test
  void a_chunk_longer_than_the_file_is_refused() throws IOException {
    byte[] png = grey(51);
    ByteBuffer.wrap(png).putInt(33, -1);

    refuses(
        png,
        ", byte 33: the chunk claims 4294967295 bytes, but only " + (png.length - 45) + " follow");
  }

  @Test
  void a_changed_bit_is_noticed() throws IOException {
    byte[] png = grey(51);
    png[44] ^= 1;

    refuses(png, ", byte 33: the checksum of the chunk is wrong; the file is damaged");
  }

  @Test
  void another_first_chunk_is_refused() throws IOException {
    byte[] png = grey(51);
    png[12] = 'J';

    refuses(png, ", byte 8: the first chunk must be IHDR with 13 bytes, but is not");
  }

  @Test
  void sizes_that_no_file_can_hold_are_refused_before_they_are_allocated() throws IOException {
    refuses(
        new Png(-1, -1, 8, Png.RGB).pixels(new int[] {0}).end(),
        ", byte 16: images must have from 1 to 715827879 pixels, but the header claims 4294967295 x"
            + " 4294967295");
    refuses(
        new Png(0, 1, 8, Png.RGB).pixels(new int[] {0}).end(),
        ", byte 16: images must have from 1 to 715827879 pixels, but the header claims 0 x 1");
    byte[] png = new Png(20_000, 30_000, 8, Png.GREY).pixels(new int[] {0}).end();
    refuses(
        png,
        ", byte 16: the header claims 20000 x 30000 pixels, more than a file of "
            + png.length
            + " bytes can hold");
  }

  @Test
  void bit_depths_that_png_does_not_have_are_refused() throws IOException {
    refuses(
        new Png(1, 1, 7, Png.GREY).pixels(new int[] {0}).end(),
        ", byte 24: colour type 0 does not have 7 bits");
    refuses(
        new Png(1, 1, 4, Png.RGB).pixels(new int[] {0}).end(),
        ", byte 24: colour type 2 does not have 4 bits");
    refuses(
        new Png(1, 1, 16, Png.PALETTE).pixels(new int[] {0}).end(),
        ", byte 24: colour type 3 does not have 16 bits");
  }

  @Test
  void a_colour_that_the_palette_lacks_is_refused() throws IOException {
    refuses(
        new Png(1, 1, 8, Png.PALETTE).chunk("PLTE", new byte[6]).pixels(new int[] {2}).end(),
        ", byte 41: pixels must be below the 2 colours of the palette, but one is 2");
  }

  @Test
  void pixels_that_end_early_are_refused() throws IOException {
    Path file = write("a/1.png", new Png(4, 4, 8, Png.GREY).pixels(new int[] {1, 2, 3, 4}).end());

    assertThatThrownBy(() -> ImageFolders.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ", byte 33: the pixels cannot be unpacked: ");
  }

  @Test
  void pixels_that_are_missing_are_refused() throws IOException {
    Path file = write("a/1.png", new Png(4, 4, 8, Png.GREY).end());

    assertThatThrownBy(() -> ImageFolders.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ", byte 33: the pixels cannot be unpacked: ");
  }

  @Test
  void a_palette_that_is_missing_is_refused() throws IOException {
    Path file = write("a/1.png", new Png(1, 1, 8, Png.PALETTE).pixels(new int[] {0}).end());

    assertThatThrownBy(() -> ImageFolders.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ", byte 33: the pixels cannot be unpacked: ");
  }

  @Test
  void a_folder_without_classes_is_refused() throws IOException {
    write("1.png", grey(0));

    refusesFolder(folder, folder + ": there must be one folder for each class, but there is none");
  }

  @Test
  void a_class_without_images_is_refused() throws IOException {
    write("a/1.png", grey(0));
    Path empty = Files.createDirectory(folder.resolve("b"));

    refusesFolder(folder, empty + ": every class needs at least one image, but this has none");
  }

  @Test
  void anything_else_in_a_class_is_refused() throws IOException {
    write("a/1.png", grey(0));
    Path other = write("a/2.jpg", new byte[1]);

    refusesFolder(folder, other + ": a class folder must hold .png files and nothing else");
  }

  @Test
  void a_missing_folder_is_refused() {
    Path missing = folder.resolve("none");

    refusesFolder(missing, missing + ": there is no such folder");
  }

  private static byte[] grey(int value) throws IOException {
    return Png.of(1, 8, Png.GREY, new int[] {value});
  }

  private Examples one(byte[] png) throws IOException {
    write("a/1.png", png);
    return ImageFolders.read(folder);
  }

  private void refuses(byte[] png, String message) throws IOException {
    refusesFolder(folder, write("a/1.png", png) + message);
  }

  private static void refusesFolder(Path folder, String message) {
    assertThatThrownBy(() -> ImageFolders.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessage(message);
  }

  private Path write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return Files.write(file, bytes);
  }
}
