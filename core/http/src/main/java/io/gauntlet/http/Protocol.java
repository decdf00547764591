package io.gauntlet.http;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import java.net.URI;

/** What inputs look like to a server, and where in its answer the scores are. */
interface Protocol {
  /** Where inputs are posted to. */
  URI uri();

  /** Shape of one example. */
  Shape inputShape();

  /** Most examples that one request can hold. */
  int mostRows();

  /** Body of the request about some examples. */
  String request(Batch inputs);

  /**
   * Scores, one row for each example; how many there are, and that they are finite, is checked by
   * the caller.
   *
   * @throws HttpModelException if there are none in {@code answer}
   */
  float[][] scores(Answer answer);

  /** What else a fingerprint must hold: name and version that the server states. */
  String identity();
}
