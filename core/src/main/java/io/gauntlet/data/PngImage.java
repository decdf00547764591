package io.gauntlet.data;

import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A grey or RGB image in the PNG format.
 *
 * <p>The container is checked here and only then handed to the JDK, which checks no checksums and
 * allocates by the header alone.
 */
final class PngImage {
  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int HEADER_CHUNK = 0x49484452; // IHDR
  private static final int PALETTE_CHUNK = 0x504C5445; // PLTE
  private static final int TRANSPARENCY_CHUNK = 0x74524E53; // tRNS
  private static final int END_CHUNK = 0x49454E44; // IEND
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int LARGEST_FILE = 1 << 30;

  private final Path file;
  private final byte[] bytes;
  private final int width;
  private final int height;
  private final int depth;
  private final int colours;
  private int paletteAt;
  private int paletteColours;

  private PngImage(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    checkChunks();
    ByteBuffer header = ByteBuffer.wrap(bytes, 16, 10);
    width = header.getInt();
    height = header.getInt();
    depth = header.get() & 0xff;
    colours = header.get() & 0xff;
    checkHeader();
  }

  /** Reads the file and checks all but the pixels. */
  static PngImage open(Path file) {
    if (ByteSource.sizeOf(file) > LARGEST_FILE) {
      throw new DataException(file, "images must have at most " + LARGEST_FILE + " bytes");
    }
    try {
      return new PngImage(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }

  /** Channels, height and width. */
  Shape shape() {
    return Shape.of(channels(), height, width);
  }

  private int channels() {
    return colours == GREY ? 1 : 3;
  }

  /** Adds the pixels, channel by channel and row by row; black and white are the range's ends. */
  void addTo(Floats values, Range range) {
    // samples, not getRGB, which would bend grey values along a gamma curve
    Raster pixels = decoded().getRaster();
    float[] scaled = Scale.ofPixels((1 << (colours == PALETTE ? 8 : depth)) - 1, range);
    int[] row = new int[width];
    for (int channel = 0; channel < channels(); channel++) {
      for (int y = 0; y < height; y++) {
        pixels.getSamples(0, y, width, 1, colours == PALETTE ? 0 : channel, row);
        for (int sample : row) {
          values.add(scaled[colours == PALETTE ? paletteValue(sample, channel) : sample]);
        }
      }
    }
  }

  private int paletteValue(int index, int channel) {
    if (index >= paletteColours) {
      throw broken(
          paletteAt,
          "pixels must be below the %s colours of the palette, but one is %s"
              .formatted(paletteColours, index));
    }
    return bytes[paletteAt + 3 * index + channel] & 0xff;
  }

  private void checkChunks() {
    if (bytes.length < 8 || ByteBuffer.wrap(bytes).getLong() != SIGNATURE) {
      throw broken(0, "the file must begin with PNG's signature, but does not");
    }
    int at = 8;
    int type = 0;
    while (type != END_CHUNK) {
      if (bytes.length - at < 12) {
        throw broken(bytes.length, "the file ends before PNG's last chunk, IEND");
      }
      ByteBuffer chunk = ByteBuffer.wrap(bytes, at, bytes.length - at);
      int length = chunk.getInt();
      type = chunk.getInt();
      if (length < 0 || length > bytes.length - at - 12) {
        throw broken(
            at,
            "the chunk claims %s bytes, but only %s follow"
                .formatted(Integer.toUnsignedString(length), bytes.length - at - 12));
      }
      if (at == 8 && !(type == HEADER_CHUNK && length == 13)) {
        throw broken(at, "the first chunk must be IHDR with 13 bytes, but is not");
      }
      if (type == PALETTE_CHUNK) {
        paletteAt = at + 8;
        paletteColours = length / 3;
      }
      if (type == TRANSPARENCY_CHUNK) {
        throw broken(at, "images must be opaque, but this one has a transparency chunk, tRNS");
      }
      CRC32 checksum = new CRC32();
      checksum.update(bytes, at + 4, length + 4);
      if ((int) checksum.getValue() != chunk.getInt(at + 8 + length)) {
        throw broken(at, "the checksum of the chunk is wrong; the file is damaged");
      }
      at += 12 + length;
    }
  }

  private void checkHeader() {
    if (colours != GREY && colours != RGB && colours != PALETTE) {
      throw broken(
          25,
          "images must be grey or RGB without alpha, that is colour type 0, 2 or 3, but this one"
              + " has type "
              + colours);
    }
    if (!(Integer.bitCount(depth) == 1
        && depth <= (colours == PALETTE ? 8 : 16)
        && depth >= (colours == RGB ? 8 : 1))) {
      throw broken(24, "colour type %s does not have %s bits".formatted(colours, depth));
    }
    long pixels = (long) width * height;
    if (width < 1 || height < 1 || pixels > Floats.MOST / 3) {
      throw broken(
          16,
          "images must have from 1 to %s pixels, but the header claims %s x %s"
              .formatted(
                  Floats.MOST / 3,
                  Integer.toUnsignedString(width),
                  Integer.toUnsignedString(height)));
    }
    long packedBits = pixels * depth * (colours == RGB ? 3 : 1);
    if (packedBits / 8 > bytes.length * ByteSource.MOST_UNPACKED_BYTES_PER_BYTE) {
      throw broken(
          16,
          "the header claims %s x %s pixels, more than a file of %s bytes can hold"
              .formatted(width, height, bytes.length));
    }
  }

  private BufferedImage decoded() {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      BufferedImage image = reader.read(0);
      int bands = image.getRaster().getNumBands();
      if (bands != (colours == RGB ? 3 : 1)) {
        throw broken(25, "the pixels must be as the header says, but have " + bands + " bands");
      }
      return image;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // what the JDK's reader throws where the packed pixels or the palette are damaged
      throw broken(33, "the pixels cannot be unpacked: " + e.getMessage());
    } finally {
      reader.dispose();
    }
  }

  private DataException broken(long at, String rule) {
    return new DataException(file, "byte " + at, rule);
  }
}
