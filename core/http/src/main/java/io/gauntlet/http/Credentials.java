package io.gauntlet.http;

import java.net.http.HttpRequest;
import java.util.Map;

/**
 * The header fields of one request, which may hold secrets: they go to the server and nowhere else.
 */
final class Credentials {
  private static final int SHORTEST_SECRET = 4; // below, hiding would riddle messages with holes

  private final Map<String, String> fields;

  Credentials(Map<String, String> fields) {
    this.fields = Map.copyOf(fields);
  }

  HttpRequest.Builder addedTo(HttpRequest.Builder request) {
    try {
      fields.forEach(request::setHeader);
      return request;
    } catch (IllegalArgumentException e) { // without the cause, whose message shows the value
      throw new IllegalArgumentException(
          "a header field that was supplied is not legal in HTTP or not for callers to set; it is"
              + " not shown here, as it may be a credential");
    }
  }

  /** Text of the server's without what it may have repeated of them. */
  String hiddenIn(String text) {
    String hidden = text;
    for (String value : fields.values()) {
      hidden = hide(value, hidden);
      for (String word : value.split(" ", -1)) { // "Bearer" and the token
        hidden = hide(word, hidden);
      }
    }
    return hidden;
  }

  private static String hide(String secret, String text) {
    return secret.length() < SHORTEST_SECRET ? text : text.replace(secret, "***");
  }
}
