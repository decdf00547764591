package io.gauntlet.examples.serving;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a question member by member, so that memory is bounded by what a right one needs, and
 * whatever is wrong is named by its place. Takes what the protocol allows: members in any order,
 * data flat or nested. Refuses what it does not know: a mistyped member is not passed over.
 */
final class InferenceReader {
  private static final Pattern SIZE = Pattern.compile("\\d{1,9}");
  private static final int LONGEST_QUOTE = 40;

  private final JsonReader json;
  private final Shape shape;
  private final int mostRows;
  private float[] values = new float[0];
  private int count;

  private InferenceReader(JsonReader json, Shape shape, int mostRows) {
    this.json = json;
    this.shape = shape;
    this.mostRows = mostRows;
  }

  /**
   * Reads one.
   *
   * @param shape of one input
   * @param mostRows most inputs
   */
  static InferenceRequest read(byte[] body, Shape shape, int mostRows) throws Refusal {
    JsonReader json =
        new JsonReader(
            new InputStreamReader(
                new ByteArrayInputStream(body), StandardCharsets.UTF_8.newDecoder()));
    json.setStrictness(Strictness.STRICT);
    try {
      InferenceRequest request = new InferenceReader(json, shape, mostRows).request();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("the body goes on");
      }
      return request;
    } catch (CharacterCodingException e) {
      throw new Refusal(Outcome.NOT_JSON, "the body must be UTF-8, but is not");
    } catch (MalformedJsonException | EOFException e) {
      String place = json.getPath();
      throw new Refusal(
          Outcome.NOT_JSON,
          "the body must be JSON, which knows no NaN or Infinity, but is not at " + quote(place));
    } catch (IOException e) {
      throw new UncheckedIOException("an array of bytes can be read", e);
    }
  }

  private InferenceRequest request() throws IOException, Refusal {
    Optional<String> id = Optional.empty();
    Optional<Batch> inputs = Optional.empty();
    Set<Output> outputs = EnumSet.allOf(Output.class);
    Set<String> seen = new HashSet<>();
    expect(JsonToken.BEGIN_OBJECT);
    json.beginObject();
    while (json.hasNext()) {
      switch (member(seen)) {
        case "id" -> id = Optional.of(text());
        case "parameters" -> object();
        case "inputs" -> inputs = Optional.of(onlyInput());
        case "outputs" -> outputs = outputs();
        default -> throw unknownMember();
      }
    }
    json.endObject();
    Batch batch = inputs.orElseThrow(() -> missing("inputs"));
    return new InferenceRequest(id, batch, outputs);
  }

  private Batch onlyInput() throws IOException, Refusal {
    expect(JsonToken.BEGIN_ARRAY);
    json.beginArray();
    Batch input = input();
    if (json.hasNext()) {
      throw wrong(
          "the inputs must be one tensor named %s, but are more".formatted(InferenceRequest.INPUT));
    }
    json.endArray();
    return input;
  }

  private Batch input() throws IOException, Refusal {
    Optional<List<Integer>> declared = Optional.empty();
    Optional<List<Integer>> found = Optional.empty();
    Set<String> seen = new HashSet<>();
    expect(JsonToken.BEGIN_OBJECT);
    json.beginObject();
    while (json.hasNext()) {
      switch (member(seen)) {
        case "name" -> oneOf("name", Set.of(InferenceRequest.INPUT));
        case "datatype" -> oneOf("datatype", Set.of("FP32", "FP64"));
        case "parameters" -> object();
        case "shape" -> declared = Optional.of(sizes());
        case "data" -> found = Optional.of(array(1));
        default -> throw unknownMember();
      }
    }
    json.endObject();
    for (String needed : List.of("name", "datatype", "shape", "data")) {
      if (!seen.contains(needed)) {
        throw missing("inputs[0]." + needed);
      }
    }
    return batch(declared.orElseThrow(), found.orElseThrow());
  }

  private Batch batch(List<Integer> declared, List<Integer> found) throws Refusal {
    int rows = declared.isEmpty() ? 0 : declared.get(0);
    List<Integer> expected = Stream.concat(Stream.of(rows), shape.sizes().stream()).toList();
    if (rows < 1 || rows > mostRows || !declared.equals(expected)) {
      throw new Refusal(
          Outcome.WRONG_SHAPE,
          "a shape must be [rows%s] with 1 to %s rows, but was %s"
              .formatted(axes(shape), mostRows, quote(declared.toString())));
    }
    if (count != rows * shape.size() || !(found.size() == 1 || found.equals(expected))) {
      throw new Refusal(
          Outcome.WRONG_SHAPE,
          "data of shape %s must be %s numbers, flat or nested so, but was of shape %s"
              .formatted(declared, (long) rows * shape.size(), found));
    }
    return Batch.wrap(shape.size(), Arrays.copyOf(values, count));
  }

  private static String axes(Shape shape) {
    StringBuilder axes = new StringBuilder();
    shape.sizes().forEach(size -> axes.append(", ").append(size));
    return axes.toString();
  }

  private List<Integer> sizes() throws IOException, Refusal {
    List<Integer> sizes = new ArrayList<>();
    expect(JsonToken.BEGIN_ARRAY);
    json.beginArray();
    while (json.hasNext()) {
      expect(JsonToken.NUMBER);
      String size = json.nextString();
      if (!SIZE.matcher(size).matches() || sizes.size() > shape.rank()) {
        throw new Refusal(
            Outcome.WRONG_SHAPE,
            "a shape must be [rows%s], but had %s at axis %s"
                .formatted(axes(shape), quote(size), sizes.size()));
      }
      sizes.add(Integer.parseInt(size));
    }
    json.endArray();
    return sizes;
  }

  /** Takes up all numbers of an array and returns its shape, which must be regular. */
  private List<Integer> array(int depth) throws IOException, Refusal {
    expect(JsonToken.BEGIN_ARRAY);
    if (depth > 1 + shape.rank()) {
      throw new Refusal(
          Outcome.WRONG_SHAPE, "data must be %s deep at most".formatted(1 + shape.rank()));
    }
    json.beginArray();
    int elements = 0;
    List<Integer> first = List.of();
    while (json.hasNext()) {
      List<Integer> next = json.peek() == JsonToken.BEGIN_ARRAY ? array(depth + 1) : number();
      if (elements == 0) {
        first = next;
      } else if (!next.equals(first)) {
        throw new Refusal(
            Outcome.WRONG_SHAPE,
            "data must be regular, but %s stands beside %s at %s"
                .formatted(next, first, quote(json.getPath())));
      }
      elements++;
    }
    json.endArray();
    return Stream.concat(Stream.of(elements), first.stream()).toList();
  }

  private List<Integer> number() throws IOException, Refusal {
    expect(JsonToken.NUMBER);
    String literal = json.nextString();
    float value = Float.parseFloat(literal);
    if (!Float.isFinite(value)) {
      throw new Refusal(
          Outcome.NOT_FINITE,
          "data must fit into 32-bit floats, but had %s at %s"
              .formatted(quote(literal), quote(json.getPath())));
    }
    long most = (long) mostRows * shape.size();
    if (count == most) {
      throw new Refusal(
          Outcome.WRONG_SHAPE,
          "data must be at most %s numbers, %s inputs of %s"
              .formatted(most, mostRows, shape.size()));
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, Math.max(shape.size(), 2 * count));
    }
    values[count++] = value;
    return List.of();
  }

  private Set<Output> outputs() throws IOException, Refusal {
    Set<Output> chosen = EnumSet.noneOf(Output.class);
    expect(JsonToken.BEGIN_ARRAY);
    json.beginArray();
    while (json.hasNext()) {
      chosen.add(output());
    }
    json.endArray();
    return chosen.isEmpty() ? EnumSet.allOf(Output.class) : chosen;
  }

  private Output output() throws IOException, Refusal {
    @Nullable Output chosen = null;
    Set<String> seen = new HashSet<>();
    expect(JsonToken.BEGIN_OBJECT);
    json.beginObject();
    while (json.hasNext()) {
      switch (member(seen)) {
        case "name" -> {
          String name = text();
          chosen =
              Output.of(name)
                  .orElseThrow(
                      () ->
                          wrong(
                              "an output must be %s, but was %s"
                                  .formatted(
                                      Arrays.stream(Output.values()).map(Output::word).toList(),
                                      quote(name))));
        }
        case "parameters" -> object();
        default -> throw unknownMember();
      }
    }
    json.endObject();
    if (chosen == null) {
      throw missing("outputs[].name");
    }
    return chosen;
  }

  private String member(Set<String> seen) throws IOException, Refusal {
    String name = json.nextName();
    if (!seen.add(name)) {
      throw wrong(
          "a member must be there once, but %s is there again".formatted(quote(json.getPath())));
    }
    return name;
  }

  private void oneOf(String member, Set<String> allowed) throws IOException, Refusal {
    String value = text();
    if (!allowed.contains(value)) {
      throw wrong(
          "the %s of the input must be %s, but was %s"
              .formatted(
                  member, String.join(" or ", allowed.stream().sorted().toList()), quote(value)));
    }
  }

  private String text() throws IOException, Refusal {
    expect(JsonToken.STRING);
    return json.nextString();
  }

  /** Parameters have no meaning here, as the protocol leaves open. */
  private void object() throws IOException, Refusal {
    expect(JsonToken.BEGIN_OBJECT);
    json.skipValue();
  }

  private void expect(JsonToken expected) throws IOException, Refusal {
    JsonToken found = json.peek();
    if (found != expected) {
      throw wrong(
          "%s must be %s, but was %s"
              .formatted(quote(json.getPath()), inWords(expected), inWords(found)));
    }
  }

  private static String inWords(JsonToken token) {
    return switch (token) {
      case BEGIN_ARRAY -> "an array";
      case BEGIN_OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case END_DOCUMENT -> "nothing";
      default -> token.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  private Refusal unknownMember() {
    return wrong("the protocol knows no member %s".formatted(quote(json.getPath())));
  }

  private static Refusal missing(String member) {
    return wrong("a question needs %s, but had none".formatted(member));
  }

  private static Refusal wrong(String reason) {
    return new Refusal(Outcome.NOT_A_REQUEST, reason);
  }

  private static String quote(String text) {
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...";
  }
}
