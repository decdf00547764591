package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every reader, on a small file cut off at every byte and changed in every byte. */
class DamagedFilesTest {
  private static final Range WIDE = new Range(-1e6f, 1e6f);

  @TempDir Path folder;

  enum Format {
    IDX,
    IDX_GZ,
    NPY,
    NPZ,
    NPZ_COMPRESSED,
    CSV_GZ,
    PNG
  }

  @ParameterizedTest
  @EnumSource
  void a_file_cut_off_anywhere_is_refused(Format format) throws IOException {
    NumpyWrote.array(folder, "labels");
    Path file = sound(format);
    byte[] whole = Files.readAllBytes(file);
    assertThat(read(format, file).count()).isPositive();

    for (int length = 0; length < whole.length; length++) {
      replace(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(format, file))
          .as("%s of %s bytes", length, whole.length)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_changed_byte_is_refused_or_read_but_never_a_crash(Format format) throws IOException {
    NumpyWrote.array(folder, "labels");
    Path file = sound(format);
    byte[] bytes = Files.readAllBytes(file);

    for (int i = 0; i < bytes.length; i++) {
      for (int change : new int[] {0x01, 0xff}) {
        bytes[i] ^= (byte) change;
        replace(file, bytes);
        bytes[i] ^= (byte) change;
        try {
          assertThat(read(format, file).count()).isPositive();
        } catch (DataException e) {
          assertThat(e).as("byte %s", i).hasMessageStartingWith(file.toString());
        }
      }
    }
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.delete(file); // some file systems wait for the disk where a file is overwritten
    Files.write(file, bytes);
  }

  /** A sound file, where its reader looks for it. */
  private Path sound(Format format) throws IOException {
    Path labels = folder.resolve("idx-labels");
    Files.write(labels, new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 1, 0});
    byte[] idx = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    byte[] csv = "a,b\n1,0\n2,1\n".getBytes(StandardCharsets.US_ASCII);
    return switch (format) {
      case IDX -> Files.write(folder.resolve("idx"), idx);
      case IDX_GZ -> Files.write(folder.resolve("idx"), gzip(idx));
      case NPY -> NumpyWrote.array(folder, "f8");
      case NPZ -> NumpyWrote.savez(folder);
      case NPZ_COMPRESSED -> NumpyWrote.savezCompressed(folder);
      case CSV_GZ -> Files.write(folder.resolve("table.csv.gz"), gzip(csv));
      case PNG -> {
        Path one = Files.createDirectories(folder.resolve("images/one"));
        byte[] png = Png.of(2, 8, Png.RGB, new int[] {0, 51, 102, 153, 204, 255});
        yield Files.write(one.resolve("1.png"), png);
      }
    };
  }

  private Examples read(Format format, Path file) {
    return switch (format) {
      case IDX, IDX_GZ -> IdxFiles.read(file, folder.resolve("idx-labels"));
      case NPY -> NpyFiles.read(file, folder.resolve("labels.npy"), WIDE);
      case NPZ, NPZ_COMPRESSED -> NpzFiles.read(file, WIDE);
      case CSV_GZ -> CsvFiles.labelLast(Domain.of(WIDE)).read(file);
      case PNG -> ImageFolders.read(folder.resolve("images"));
    };
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
