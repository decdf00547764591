package io.gauntlet.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The bytes of a file, read front to back and unpacked on the way, that know where they stand. */
final class ByteSource implements Closeable {
  /** Size of a comfortable read; a multiple of every number format's size. */
  static final int CHUNK = 1 << 16;

  /** Deflate packs at most 258 bytes into 2 bits, so no honest header claims more than this. */
  static final long MOST_UNPACKED_BYTES_PER_BYTE = 1032;

  private final Path file;
  private final String place;
  private final InputStream in;
  private final long most;
  private long offset;

  /**
   * Bytes of {@code file} that {@code in} delivers.
   *
   * @param place what comes before the offset in a message, such as {@code "byte "}
   * @param most no more bytes than this can come
   */
  ByteSource(Path file, String place, InputStream in, long most) {
    this.file = file;
    this.place = place;
    this.in = in;
    this.most = most;
  }

  /** A plain or gzipped file; its first bytes tell which, whatever its name. */
  static ByteSource open(Path file) {
    long size = sizeOf(file);
    try {
      InputStream raw = Files.newInputStream(file);
      try {
        InputStream in = unpacked(raw);
        return in instanceof GZIPInputStream
            ? new ByteSource(file, "unpacked byte ", in, size * MOST_UNPACKED_BYTES_PER_BYTE)
            : new ByteSource(file, "byte ", in, size);
      } catch (IOException e) {
        raw.close();
        throw e;
      }
    } catch (EOFException e) {
      throw new DataException(file, "byte 0", "the gzip header ends early");
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }

  /** The size of a file that must exist and not be empty. */
  static long sizeOf(Path file) {
    if (!Files.exists(file)) {
      throw new DataException(file, "there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new DataException(file, "must be a file, but is a folder or a device");
    }
    try {
      long size = Files.size(file);
      if (size == 0) {
        throw new DataException(file, "the file is empty");
      }
      return size;
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }

  /** The stream itself, or what it unpacks to where it begins as gzip does. */
  static InputStream unpacked(InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, CHUNK);
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip ? new GZIPInputStream(in, CHUNK) : in;
  }

  /** Number of bytes read so far. */
  long offset() {
    return offset;
  }

  /** Fills the first {@code count} bytes of {@code into}, which {@code what} must still provide. */
  void read(byte[] into, int count, String what) {
    int got = readAtMost(into, count, what);
    if (got < count) {
      throw broken(
          "the file ends inside %s, of which %s more bytes were expected"
              .formatted(what, count - got));
    }
  }

  /** Fills {@code into} and returns true, or returns false where nothing follows. */
  boolean readUnlessAtEnd(byte[] into, String what) {
    int got = readAtMost(into, into.length, what);
    if (got > 0 && got < into.length) {
      throw broken(
          "the file ends inside %s, of which %s more bytes were expected"
              .formatted(what, into.length - got));
    }
    return got > 0;
  }

  private int readAtMost(byte[] into, int count, String what) {
    int got = 0;
    try {
      while (got < count) {
        int more = in.read(into, got, count - got);
        if (more < 0) {
          break;
        }
        got += more;
        offset += more;
      }
      return got;
    } catch (EOFException e) {
      throw broken("the packed data end early, inside " + what);
    } catch (IOException e) {
      throw broken("the packed data cannot be read from here on: " + e.getMessage());
    }
  }

  /** The next {@code count} bytes, which {@code what} must still provide. */
  byte[] take(int count, String what) {
    byte[] bytes = new byte[count];
    read(bytes, count, what);
    return bytes;
  }

  /**
   * Refuses a header's claim that cannot be true, before anybody allocates by it.
   *
   * @param bytes how many bytes are said to follow
   * @param claim who says so, such as {@code "3 images of 28x28"}
   */
  void requireRoomFor(long bytes, String claim) {
    if (bytes > most - offset) {
      throw broken(
          "the header claims %s, which are %s bytes, but at most %s follow"
              .formatted(claim, bytes, most - offset));
    }
  }

  /** Refuses anything that follows {@code what}. */
  void requireEnd(String what) {
    if (readAtMost(new byte[1], 1, "what follows " + what) > 0) {
      throw broken(offset - 1, "the file must end after " + what + ", but more bytes follow");
    }
  }

  /** What to throw where the bytes from here on break a rule. */
  DataException broken(String rule) {
    return broken(offset, rule);
  }

  /** What to throw where the bytes at {@code at} break a rule. */
  DataException broken(long at, String rule) {
    return new DataException(file, place + at, rule);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }
}
