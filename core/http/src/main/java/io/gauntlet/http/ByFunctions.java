package io.gauntlet.http;

import io.gauntlet.http.HttpModelException.Reason;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import java.net.URI;
import java.util.function.Function;

/** Any text, written and read by the user's own functions. */
record ByFunctions(
    URI uri, Shape inputShape, Function<Batch, String> writer, Function<String, float[][]> reader)
    implements Protocol {
  @Override
  public int mostRows() {
    return Integer.MAX_VALUE;
  }

  @Override
  public String request(Batch inputs) {
    return writer.apply(inputs);
  }

  @Override
  public float[][] scores(Answer answer) {
    try {
      return reader.apply(answer.body());
    } catch (RuntimeException e) {
      throw answer.is(
          Reason.UNREADABLE,
          "%s, at which the function failed: %s".formatted(answer.excerpt(), e),
          "what the given function reads scores from",
          e);
    }
  }

  @Override
  public String identity() {
    return "";
  }
}
