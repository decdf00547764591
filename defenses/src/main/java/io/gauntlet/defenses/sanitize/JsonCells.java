package io.gauntlet.defenses.sanitize;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads one flat JSON object, strictly. */
final class JsonCells {
  private JsonCells() {}

  static Map<String, Row.Cell> of(String record) throws MalformedRowException {
    // a lone CR is a blank to JSON, but the end of a line to some readers of lines
    if (record.indexOf('\r') >= 0) {
      throw new MalformedRowException("control", "an object must stand on one line, but has a CR");
    }
    Map<String, Row.Cell> cells = new LinkedHashMap<>();
    try (JsonReader json = new JsonReader(new StringReader(record))) {
      json.setStrictness(Strictness.STRICT);
      if (json.peek() != JsonToken.BEGIN_OBJECT) {
        throw new MalformedRowException("json", "must be an object, but is " + json.peek());
      }
      json.beginObject();
      Set<String> seen = new HashSet<>();
      while (json.hasNext()) {
        String name = json.nextName();
        requireText(name);
        if (!seen.add(name)) {
          throw new MalformedRowException("duplicate-key", "must be there once: " + name);
        }
        cell(json, name, cells);
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedRowException("json", "nothing may follow the object");
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      String message = String.valueOf(e.getMessage());
      throw new MalformedRowException(
          "json", "must be JSON: " + message.lines().findFirst().orElse(""));
    }
    return cells;
  }

  private static void cell(JsonReader json, String name, Map<String, Row.Cell> cells)
      throws IOException, MalformedRowException {
    JsonToken token = json.peek();
    switch (token) {
      case STRING -> cells.put(name, new Row.Cell(requireText(json.nextString()), Row.Kind.STRING));
      case NUMBER -> cells.put(name, new Row.Cell(json.nextString(), Row.Kind.NUMBER));
      case BOOLEAN ->
          cells.put(name, new Row.Cell(String.valueOf(json.nextBoolean()), Row.Kind.BOOLEAN));
      case NULL -> json.nextNull();
      default ->
          throw new MalformedRowException(
              "nested",
              "%s must be a string, number, boolean or null, but is %s".formatted(name, token));
    }
  }

  /** Escapes can spell what no text may have. */
  private static String requireText(String text) throws MalformedRowException {
    if (text.indexOf('\0') >= 0) {
      throw new MalformedRowException("nul", "a string must have no NUL");
    }
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new MalformedRowException("encoding", "a string must have no half of a surrogate pair");
    }
    return text;
  }
}
