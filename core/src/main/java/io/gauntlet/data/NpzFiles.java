package io.gauntlet.data;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Reads and writes numpy's {@code .npz} archives of two arrays: inputs {@code x} and labels {@code
 * y}.
 *
 * <p>In Python: {@code np.savez("data.npz", x=x, y=y)} or {@code np.savez_compressed}. The arrays
 * may be whatever {@link NpyFiles} reads; other arrays beside them are left alone. The file must
 * lie on the default file system.
 */
public final class NpzFiles {
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private NpzFiles() {}

  /**
   * Inputs that all lie in one range, and their labels.
   *
   * @param file archive with {@code x} of shape (n, …) and {@code y} of shape (n)
   * @param range legal values, which nothing is scaled to
   * @return examples with the remaining axes of {@code x} as their shape
   * @throws DataException if the file is missing, damaged or lacks an array, a value is not legal,
   *     or a label is negative, fractional or 1048576 or more
   */
  public static Examples read(Path file, Range range) {
    return read(file, Domain.of(range));
  }

  /**
   * Inputs with a range for each feature, and their labels.
   *
   * @param domain legal values of each feature, which nothing is scaled to
   * @throws DataException as {@link #read(Path, Range)} does
   */
  public static Examples read(Path file, Domain domain) {
    long size = ByteSource.sizeOf(file);
    try (ZipFile zip = new ZipFile(file.toFile());
        Entry x = Entry.open(file, size, zip, "x");
        Entry y = Entry.open(file, size, zip, "y")) {
      Examples examples = NpyFiles.examples(x.source(), y.source(), domain);
      x.requireChecksum();
      y.requireChecksum();
      return examples;
    } catch (ZipException e) {
      throw new DataException(
          file, "must be a zip archive as np.savez writes it, but: " + e.getMessage());
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }

  /**
   * Writes inputs as {@code x} (f4, little-endian) and labels as {@code y} (i8), so that {@code
   * np.load} and {@link #read(Path, Range)} find the very same numbers.
   *
   * <p>The same examples give the same bytes. A reader never sees half a file: it is written beside
   * its place and moved there in one step, over what was there. Class names and the examples'
   * positions are not kept.
   *
   * @param examples at least one
   * @throws UncheckedIOException if the file cannot be written; what was there before stays
   */
  public static void write(Path file, Examples examples) {
    if (examples.count() == 0) {
      throw new IllegalArgumentException("at least one example is needed, but there was none");
    }
    try {
      AtomicFile.write(
          file,
          out -> {
            try (ZipOutputStream zip = new ZipOutputStream(out)) {
              writeInputs(zip, examples);
              writeLabels(zip, examples);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  private static void writeInputs(ZipOutputStream zip, Examples examples) throws IOException {
    StringBuilder axes = new StringBuilder().append(examples.count());
    for (int size : examples.shape().sizes()) {
      axes.append(", ").append(size);
    }
    begin(zip, "x", "<f4", axes.toString());
    FloatBuffer values = examples.inputs().buffer();
    ByteBuffer chunk = ByteBuffer.allocate(ByteSource.CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      chunk.clear();
      while (values.hasRemaining() && chunk.hasRemaining()) {
        chunk.putFloat(values.get());
      }
      zip.write(chunk.array(), 0, chunk.position());
    }
    zip.closeEntry();
  }

  private static void writeLabels(ZipOutputStream zip, Examples examples) throws IOException {
    begin(zip, "y", "<i8", examples.count() + ",");
    ByteBuffer label = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < examples.count(); row++) {
      zip.write(label.putLong(0, examples.labels().atRow(row)).array());
    }
    zip.closeEntry();
  }

  private static void begin(ZipOutputStream zip, String name, String type, String axes)
      throws IOException {
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(NO_TIME);
    zip.putNextEntry(entry);
    zip.write(NpyHeader.write(type, axes));
  }

  /** One array of an archive. */
  private record Entry(ByteSource source, CheckedInputStream checked, long checksum)
      implements AutoCloseable {
    static Entry open(Path file, long size, ZipFile zip, String name) throws IOException {
      ZipEntry entry = zip.getEntry(name + ".npy");
      if (entry == null) {
        throw new DataException(
            file,
            "must hold the arrays x and y, but holds "
                + zip.stream().map(ZipEntry::getName).limit(20).toList());
      }
      // the archive's own claim about the entry's size counts only as far as the file backs it
      long packed = Math.min(size, entry.getCompressedSize());
      long most =
          entry.getMethod() == ZipEntry.STORED
              ? packed
              : packed * ByteSource.MOST_UNPACKED_BYTES_PER_BYTE;
      CheckedInputStream checked = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
      return new Entry(
          new ByteSource(file, name + ".npy, byte ", checked, most), checked, entry.getCrc());
    }

    void requireChecksum() {
      if (checked.getChecksum().getValue() != checksum) {
        throw source.broken(0, "the checksum of the array is wrong; the archive is damaged");
      }
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
