package io.gauntlet.examples.serving;

import com.google.gson.JsonObject;
import java.util.Map;

/**
 * What a client gets.
 *
 * @param outcome gives the status
 * @param headers further header fields
 * @param type of the body
 */
record Response(Outcome outcome, Map<String, String> headers, String type, String body) {
  private static final String JSON = "application/json";

  Response {
    headers = Map.copyOf(headers);
  }

  static Response json(String body) {
    return new Response(Outcome.ANSWERED, Map.of(), JSON, body);
  }

  static Response text(String type, String body) {
    return new Response(Outcome.ANSWERED, Map.of(), type, body);
  }

  /** The protocol's error object. */
  static Response refusal(Refusal refusal) {
    return error(refusal.outcome(), refusal.reason());
  }

  static Response error(Outcome outcome, String reason) {
    JsonObject error = new JsonObject();
    error.addProperty("error", reason);
    return new Response(outcome, Map.of(), JSON, error.toString());
  }

  Response with(String header, String value) {
    return new Response(outcome, Map.of(header, value), type, body);
  }
}
