package io.gauntlet.defenses.sanitize;

import io.gauntlet.data.DataException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The lines of a plain or gzipped file in bounded memory, and the digest of all its bytes. */
final class Lines implements Closeable {
  private static final int CHUNK = 1 << 16;
  private static final int KEPT_OF_TOO_LONG = 1 << 10;

  private final Path file;
  private final int longest;
  private final DigestInputStream packed;
  private final InputStream buffered;
  private final InputStream in;
  private final Deque<Line> pushedBack = new ArrayDeque<>();
  private final byte[] chunk = new byte[CHUNK];
  private int at;
  private int end;
  private long offset;
  private long lines;
  private boolean brokenOff;

  Lines(Path file, int longest) {
    this.file = file;
    this.longest = longest;
    try {
      packed = new DigestInputStream(Files.newInputStream(file), Sha256.digest());
      buffered = new BufferedInputStream(packed, CHUNK);
      in = unpacked();
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }

  private InputStream unpacked() throws IOException {
    buffered.mark(2);
    boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
    buffered.reset();
    if (!gzip) {
      return buffered;
    }
    try {
      return new GZIPInputStream(buffered, CHUNK);
    } catch (EOFException | ZipException e) {
      brokenOff = true;
      return InputStream.nullInputStream();
    }
  }

  /** The next line; null at the end. */
  @Nullable Line next() {
    Line again = pushedBack.poll();
    if (again != null) {
      return again;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long start = offset;
    long length = 0;
    boolean ended = false;
    while (!ended && fill()) {
      int stop = at;
      while (stop < end && chunk[stop] != '\n') {
        stop++;
      }
      ended = stop < end;
      int count = (ended ? stop + 1 : stop) - at;
      bytes.write(chunk, at, (int) Math.max(0, Math.min(count, longest - length)));
      at += count;
      length += count;
    }
    if (length == 0) {
      return null;
    }
    offset += length;
    lines++;
    byte[] kept = bytes.toByteArray();
    if (length > longest) {
      kept = Arrays.copyOf(kept, Math.min(kept.length, KEPT_OF_TOO_LONG));
    }
    return new Line(lines, start, length, kept);
  }

  /** Has these lines come next, in their order. */
  void pushBack(List<Line> again) {
    for (int i = again.size() - 1; i >= 0; i--) {
      pushedBack.push(again.get(i));
    }
  }

  /** Whether the packed data ended early, so that the last line may be a part of one. */
  boolean brokenOff() {
    return brokenOff;
  }

  /** Bytes of the lines so far, unpacked. */
  long offset() {
    return offset;
  }

  /** SHA-256 of the whole file as it lies there, packed or not. */
  String digest() {
    try {
      while (buffered.read(chunk) >= 0) {
        // the digest wants what follows the packed data too
      }
    } catch (IOException e) {
      throw new DataException(file, e);
    }
    return HexFormat.of().formatHex(packed.getMessageDigest().digest());
  }

  private boolean fill() {
    if (at < end) {
      return true;
    }
    at = 0;
    end = 0;
    if (brokenOff) {
      return false;
    }
    try {
      end = Math.max(0, in.read(chunk));
    } catch (EOFException | ZipException e) {
      brokenOff = true;
    } catch (IOException e) {
      throw new DataException(file, e);
    }
    return end > 0;
  }

  @Override
  public void close() {
    try {
      in.close();
      buffered.close();
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }
}
