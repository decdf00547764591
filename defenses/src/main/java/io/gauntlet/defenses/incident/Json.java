package io.gauntlet.defenses.incident;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An incident as JSON and back. */
final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .serializeNulls()
          .registerTypeAdapter(Instant.class, new InstantText())
          .registerTypeAdapterFactory(new OrNull())
          .create();

  private Json() {}

  static String of(Incident incident) {
    JsonObject json = GSON.toJsonTree(incident).getAsJsonObject();
    json.add("classifications", GSON.toJsonTree(incident.kind().classifications()));
    json.add("actions", GSON.toJsonTree(incident.actions()));
    json.add("unknowns", GSON.toJsonTree(incident.unknowns()));
    return GSON.toJson(json) + "\n";
  }

  /** What follows from the rest is worked out anew. */
  static Incident parse(String json) {
    try {
      Incident incident = GSON.fromJson(json, Incident.class);
      if (incident == null || !GSON.toJsonTree(incident).equals(given(json))) {
        throw new IllegalArgumentException(
            "an incident must have all its parts and no others, but this has not");
      }
      return incident;
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("an incident must be JSON, but: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) { // Gson wraps what a record's constructor throws
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "an incident must be whole, but: " + cause.getMessage(), e);
    }
  }

  private static JsonObject given(String json) {
    JsonObject given = GSON.fromJson(json, JsonObject.class);
    given.remove("classifications");
    given.remove("actions");
    given.remove("unknowns");
    return given;
  }

  private static final class InstantText extends TypeAdapter<Instant> {
    @Override
    public void write(JsonWriter out, Instant value) throws IOException {
      out.value(value.toString());
    }

    @Override
    public Instant read(JsonReader in) throws IOException {
      String text = in.nextString();
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        throw new JsonParseException(
            "a time must be like 2026-01-31T12:00:00Z, but was " + text, e);
      }
    }
  }

  /** What is not there as {@code null}. */
  private static final class OrNull implements TypeAdapterFactory {
    @Override
    @SuppressWarnings("unchecked") // the type was asked
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
      if (type.getRawType() != Optional.class) {
        return null;
      }
      TypeToken<?> inner =
          TypeToken.get(((ParameterizedType) type.getType()).getActualTypeArguments()[0]);
      return (TypeAdapter<T>) orNull(gson.getAdapter(inner));
    }

    private static <E> TypeAdapter<Optional<E>> orNull(TypeAdapter<E> inner) {
      return new TypeAdapter<>() {
        @Override
        public void write(JsonWriter out, Optional<E> value) throws IOException {
          if (value.isPresent()) {
            inner.write(out, value.get());
          } else {
            out.nullValue();
          }
        }

        @Override
        public Optional<E> read(JsonReader in) throws IOException {
          if (in.peek() == JsonToken.NULL) {
            in.nextNull();
            return Optional.empty();
          }
          return Optional.of(inner.read(in));
        }
      };
    }
  }
}
