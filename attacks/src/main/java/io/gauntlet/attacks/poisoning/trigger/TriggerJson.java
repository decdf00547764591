package io.gauntlet.attacks.poisoning.trigger;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializationContext;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import com.google.gson.Strictness;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Triggers as JSON: one object with the record's components and its {@code kind}, such as {@code
 * {"kind":"SinusoidTrigger","amplitude":0.1,"frequency":6}}. What is read back equals what was
 * written.
 */
public final class TriggerJson {
  private static final String KIND = "kind";
  private static final Gson GSON =
      new GsonBuilder()
          .setStrictness(Strictness.STRICT)
          .disableHtmlEscaping()
          .registerTypeAdapter(Trigger.class, new Sealed<>(Trigger.class))
          .registerTypeAdapter(TextTrigger.class, new Sealed<>(TextTrigger.class))
          .registerTypeAdapter(Pattern.class, new Sealed<>(Pattern.class))
          .create();

  private TriggerJson() {}

  /** A trigger of images or tables. */
  public static String write(Trigger trigger) {
    return GSON.toJson(trigger, Trigger.class);
  }

  /** A trigger of texts. */
  public static String write(TextTrigger trigger) {
    return GSON.toJson(trigger, TextTrigger.class);
  }

  /**
   * A trigger of images or tables.
   *
   * @throws IllegalArgumentException saying what is wrong, if the text is not what {@link
   *     #write(Trigger)} writes or a component breaks its rule
   */
  public static Trigger read(String json) {
    return read(json, Trigger.class);
  }

  /**
   * A trigger of texts.
   *
   * @throws IllegalArgumentException as {@link #read} does
   */
  public static TextTrigger readText(String json) {
    return read(json, TextTrigger.class);
  }

  private static <T> T read(String json, Class<T> type) {
    try {
      T read = GSON.fromJson(json, type);
      if (read != null) {
        return read;
      }
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("a trigger cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) { // Gson's, around what a record's own check has thrown
      Throwable cause = e.getCause();
      while (cause != null && !(cause instanceof IllegalArgumentException)) {
        cause = cause.getCause();
      }
      String reason = cause == null ? e.getMessage() : cause.getMessage();
      throw new IllegalArgumentException("a trigger cannot be read: " + reason, e);
    }
    throw new IllegalArgumentException("a trigger must be a JSON object, but there was none");
  }

  /** Tells the records of a sealed interface apart by their names. */
  private record Sealed<T>(Class<T> type) implements JsonSerializer<T>, JsonDeserializer<T> {
    @Override
    public JsonElement serialize(T value, Type ignored, JsonSerializationContext context) {
      JsonObject named = new JsonObject();
      named.addProperty(KIND, value.getClass().getSimpleName());
      context.serialize(value, value.getClass()).getAsJsonObject().entrySet().stream()
          .forEach(entry -> named.add(entry.getKey(), entry.getValue()));
      return named;
    }

    @Override
    public T deserialize(JsonElement json, Type ignored, JsonDeserializationContext context) {
      if (!json.isJsonObject() || !json.getAsJsonObject().has(KIND)) {
        throw new JsonParseException("an object with a kind was expected, but there was " + json);
      }
      JsonElement kind = json.getAsJsonObject().get(KIND);
      Class<?> found = permitted(type, kind);
      if (found == null) {
        throw new JsonParseException(
            "kind must be a %s, but was %s".formatted(type.getSimpleName(), kind));
      }
      requireComponents(found, json.getAsJsonObject());
      return type.cast(context.deserialize(json, found));
    }

    private static @Nullable Class<?> permitted(Class<?> sealed, JsonElement kind) {
      for (Class<?> each : sealed.getPermittedSubclasses()) {
        Class<?> found = each.isRecord() ? named(each, kind) : permitted(each, kind);
        if (found != null) {
          return found;
        }
      }
      return null;
    }

    private static @Nullable Class<?> named(Class<?> type, JsonElement kind) {
      return kind.isJsonPrimitive() && kind.getAsString().equals(type.getSimpleName())
          ? type
          : null;
    }

    /** Neither a missing component may become zero nor an unknown one be passed over. */
    private static void requireComponents(Class<?> type, JsonObject json) {
      Set<String> wanted = new TreeSet<>(Set.of(KIND));
      Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).forEach(wanted::add);
      if (!wanted.equals(json.keySet())) {
        throw new JsonParseException(
            "%s has the components %s, but there were %s"
                .formatted(type.getSimpleName(), wanted, new TreeSet<>(json.keySet())));
      }
      for (String name : wanted) {
        if (json.get(name).isJsonNull()) {
          throw new JsonParseException(name + " must not be null");
        }
      }
    }
  }
}
