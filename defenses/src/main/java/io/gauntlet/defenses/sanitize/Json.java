package io.gauntlet.defenses.sanitize;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON of ASCII characters.
 *
 * <p>What a quarantined row says goes out escaped: no character of it turns a spreadsheet's cell
 * into a formula, a terminal's line around, or a web page into a script.
 */
final class Json {
  private static final Gson COMPACT = adapted().create();
  private static final Gson PRETTY = adapted().setPrettyPrinting().create();

  private Json() {}

  private static GsonBuilder adapted() {
    return new GsonBuilder()
        .registerTypeAdapter(Instant.class, new InstantText())
        .registerTypeAdapterFactory(new WholeRecords());
  }

  static byte[] line(Object record) {
    return escaped(COMPACT.toJson(record) + "\n", "+-@|");
  }

  static byte[] pretty(Object record) {
    return escaped(PRETTY.toJson(record) + "\n", "");
  }

  /**
   * Reads what {@link #line} or {@link #pretty} wrote.
   *
   * @throws JsonParseException if it is anything else: a part is missing, or refused by its record
   */
  static <T> T parse(String text, Class<T> type) {
    try {
      T value = COMPACT.fromJson(text, type);
      if (value == null) {
        throw new JsonParseException("there is nothing");
      }
      return value;
    } catch (JsonParseException e) {
      throw e;
    } catch (RuntimeException e) { // Gson wraps what a record's constructor throws
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new JsonParseException(String.valueOf(cause.getMessage()), e);
    }
  }

  /**
   * A sign after a letter begins no formula, and {@code =} is escaped by Gson. Numbers of a
   * quarantined row are never negative, so that signs stand in strings only.
   */
  private static byte[] escaped(String json, String unsafe) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      boolean begins = i == 0 || !Character.isLetterOrDigit(json.charAt(i - 1));
      if (c >= 0x7f || (begins && unsafe.indexOf(c) >= 0)) {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          text.append(Character.forDigit(c >> shift & 0xf, 16));
        }
      } else {
        text.append(c);
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
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
        throw new JsonParseException("must be a time of ISO 8601, but was '" + text + "'", e);
      }
    }
  }

  /** Refuses records of which a component is missing, where Gson would put null. */
  private static final class WholeRecords implements TypeAdapterFactory {
    @Override
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
      if (!type.getRawType().isRecord()) {
        return null;
      }
      TypeAdapter<T> adapter = gson.getDelegateAdapter(this, type);
      return new TypeAdapter<>() {
        @Override
        public void write(JsonWriter out, T value) throws IOException {
          adapter.write(out, value);
        }

        @Override
        public T read(JsonReader in) throws IOException {
          T value = adapter.read(in);
          for (RecordComponent component : type.getRawType().getRecordComponents()) {
            requirePart(component, value);
          }
          return value;
        }
      };
    }

    private static void requirePart(RecordComponent component, Object record) {
      try {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        if (accessor.invoke(record) == null) {
          throw new JsonParseException(component.getName() + " is missing");
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("an accessor of a record must not fail", e);
      }
    }
  }
}
