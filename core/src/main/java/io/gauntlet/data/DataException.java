package io.gauntlet.data;

import java.nio.file.Path;

/** A data file is not what it should be; the message names file, place and rule. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Names where and what.
   *
   * @param file the file, or a name for the stream it came from
   * @param place where in the file, such as {@code byte 16} or {@code row 3}
   * @param rule what was expected and what was found
   */
  public DataException(Path file, String place, String rule) {
    this(file.toString(), place, rule);
  }

  /**
   * Names where and what, for data that come from a stream.
   *
   * @param source what to call the stream
   * @param place where in the stream, such as {@code row 3}
   * @param rule what was expected and what was found
   */
  public DataException(String source, String place, String rule) {
    super(source + ", " + place + ": " + rule);
  }

  /**
   * Names what is wrong with a file or folder as a whole.
   *
   * @param file the file or folder
   * @param rule what was expected and what was found
   */
  public DataException(Path file, String rule) {
    super(file + ": " + rule);
  }

  /** The file could not be read at all. */
  public DataException(Path file, Throwable cause) {
    super(file + ": cannot be read: " + cause.getMessage(), cause);
  }
}
