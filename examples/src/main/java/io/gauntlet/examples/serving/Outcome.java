package io.gauntlet.examples.serving;

import java.util.Locale;

/** How a request ended: the one word that audit lines and meters have for it, and its status. */
enum Outcome {
  ANSWERED(200),
  NOT_JSON(400),
  NOT_A_REQUEST(400),
  WRONG_SHAPE(400),
  NOT_FINITE(400),
  OUT_OF_DOMAIN(400),
  UNKNOWN_KEY(401),
  NOT_FOUND(404),
  WRONG_METHOD(405),
  TOO_SLOW(408),
  TOO_LARGE(413),
  UNSUPPORTED(415),
  LIMITED(429),
  /** Nobody is left to read a status; the number is the one nginx gives it. */
  CLIENT_GONE(499),
  FAILED(500),
  CLOSING(503);

  private final int status;

  Outcome(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  /** In logs and meters, such as {@code client-gone}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
