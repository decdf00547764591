package io.gauntlet.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Makes PNG files byte by byte, right ones and wrong ones. */
final class Png {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGB_ALPHA = 6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Png(int width, int height, int depth, int colours) throws IOException {
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) depth).put((byte) colours);
    chunk("IHDR", header.array());
  }

  /** A whole image; every row is one array of packed samples. */
  static byte[] of(int width, int depth, int colours, int[]... rows) throws IOException {
    return new Png(width, rows.length, depth, colours).pixels(rows).end();
  }

  Png pixels(int[]... rows) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      for (int[] row : rows) {
        deflater.write(0); // unfiltered
        for (int sample : row) {
          deflater.write(sample);
        }
      }
    }
    return chunk("IDAT", packed.toByteArray());
  }

  Png chunk(String type, byte... content) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(content);
    out.write(ByteBuffer.allocate(4).putInt(content.length).array());
    out.write(name);
    out.write(content);
    out.write(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    return this;
  }

  byte[] end() throws IOException {
    chunk("IEND");
    return out.toByteArray();
  }
}
