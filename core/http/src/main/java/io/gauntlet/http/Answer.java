package io.gauntlet.http;

import io.gauntlet.http.HttpModelException.Reason;

/** What a server answered, and how to complain about it without repeating a credential. */
record Answer(String address, String body, Credentials credentials) {
  private static final int BEGINNING = 120; // characters that a message shows
  private static final int END = 180; // where Python's stack traces say what is wrong

  /** The body on one line, without its middle if it is long. */
  String excerpt() {
    String line = credentials.hiddenIn(body.replaceAll("[\\p{Cntrl}\\s]+", " ").strip());
    return line.length() <= BEGINNING + END
        ? line
        : line.substring(0, BEGINNING) + " ... " + line.substring(line.length() - END);
  }

  HttpModelException is(Reason reason, String found, String expected) {
    return new HttpModelException(reason, complaint(found, expected));
  }

  HttpModelException is(Reason reason, String found, String expected, Throwable cause) {
    return new HttpModelException(reason, complaint(found, expected), cause);
  }

  private String complaint(String found, String expected) {
    return credentials.hiddenIn(
        "%s must answer with %s, but answered with %s".formatted(address, expected, found));
  }
}
