package io.gauntlet.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.gauntlet.http.HttpModelException.Reason;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One place in the JSON of an answer, which complains if it does not hold what it should. */
final class Node {
  private static final Set<String> NOT_NUMBERS = Set.of("NaN", "Infinity", "-Infinity");

  private final Answer answer;
  private final String path;
  private final JsonElement value;

  private Node(Answer answer, String path, JsonElement value) {
    this.answer = answer;
    this.path = path;
    this.value = value;
  }

  static Node root(Answer answer) {
    JsonElement root;
    try {
      root = JsonParser.parseString(answer.body());
    } catch (JsonParseException e) { // without the cause, which names keys of the server's
      throw answer.is(Reason.UNREADABLE, answer.excerpt(), "JSON");
    }
    if (!root.isJsonObject()) {
      throw answer.is(Reason.UNREADABLE, answer.excerpt(), "a JSON object");
    }
    return new Node(answer, "", root);
  }

  /** A member that must be there. */
  Node get(String name) {
    JsonElement member = member(name);
    if (member == null) {
      throw new Node(answer, child(name, value).path, value).wrong("there");
    }
    return child(name, member);
  }

  /** The elements of a member that is an array; none if it is not there. */
  List<Node> all(String name) {
    JsonElement member = member(name);
    return member == null ? List.of() : child(name, member).elements();
  }

  private @Nullable JsonElement member(String name) {
    if (!value.isJsonObject()) {
      throw wrong("an object");
    }
    JsonElement member = value.getAsJsonObject().get(name);
    return member == null || member.isJsonNull() ? null : member;
  }

  private Node child(String name, JsonElement member) {
    return new Node(answer, path.isEmpty() ? name : path + "." + name, member);
  }

  /** The elements of an array. */
  List<Node> elements() {
    if (!value.isJsonArray()) {
      throw wrong("an array");
    }
    List<Node> elements = new ArrayList<>();
    for (JsonElement element : value.getAsJsonArray()) {
      elements.add(new Node(answer, path + "[" + elements.size() + "]", element));
    }
    return elements;
  }

  String text() {
    if (value instanceof JsonPrimitive text && text.isString()) {
      return text.getAsString();
    }
    throw wrong("a string");
  }

  /** A member that is a string; empty if it is not there. */
  Optional<String> text(String name) {
    JsonElement member = member(name);
    return member == null ? Optional.empty() : Optional.of(child(name, member).text());
  }

  /** The size of an axis: a whole number, -1 where it is free. */
  int size() {
    try {
      if (value instanceof JsonPrimitive number && number.isNumber()) {
        return Integer.parseInt(number.getAsString());
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong("a whole number");
  }

  /** All numbers in this array and the arrays in it, in order. */
  float[] numbers() {
    if (!value.isJsonArray()) {
      throw wrong("an array of numbers");
    }
    FloatBuffer numbers = FloatBuffer.allocate(leaves(value));
    collect(value, numbers);
    return numbers.array();
  }

  private static int leaves(JsonElement element) {
    int leaves = 0;
    for (JsonElement inner : element.getAsJsonArray()) {
      leaves += inner.isJsonArray() ? leaves(inner) : 1;
    }
    return leaves;
  }

  private void collect(JsonElement element, FloatBuffer numbers) {
    for (JsonElement inner : element.getAsJsonArray()) {
      if (inner.isJsonArray()) {
        collect(inner, numbers);
      } else {
        numbers.put(number(inner));
      }
    }
  }

  private float number(JsonElement element) {
    if (element instanceof JsonPrimitive number && number.isNumber()) {
      return number.getAsFloat();
    }
    if (element.isJsonNull()
        || (element instanceof JsonPrimitive word && NOT_NUMBERS.contains(word.getAsString()))) {
      return Float.NaN; // JSON has no word for it: servers write null, or break the rules
    }
    throw wrong("an array of numbers");
  }

  private HttpModelException wrong(String expected) {
    return answer.is(
        Reason.UNREADABLE, answer.excerpt(), "JSON in which %s is %s".formatted(path, expected));
  }
}
