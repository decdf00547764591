package io.gauntlet.evaluate;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.model.Batch;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file that an evaluation can be resumed from: one line that says which evaluation it is, then
 * one line for each finished micro-batch, forced to disk before the next begins. A line that was
 * cut off when the process died is dropped; everything before it counts.
 */
final class Checkpoint implements AutoCloseable {
  private static final Gson GSON = new Gson();

  private final Path file;
  private final RandomAccessFile access;

  /** One finished micro-batch. */
  record Line(int phase, double seconds, List<Finding> findings) {}

  private Checkpoint(Path file, RandomAccessFile access) {
    this.file = file;
    this.access = access;
  }

  /**
   * Opens or starts the file.
   *
   * @param identity what makes this evaluation this one; a file of another one is refused
   * @param finished is given every finished micro-batch; refuses, with any exception, one that
   *     cannot be of this evaluation
   */
  static Checkpoint open(Path file, Map<String, String> identity, Consumer<Line> finished) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw");
      try {
        if (access.getChannel().tryLock() == null) {
          throw new CheckpointException(file + ": another evaluation is writing to it");
        }
        Checkpoint checkpoint = new Checkpoint(file, access);
        checkpoint.read(identity, finished);
        return checkpoint;
      } catch (IOException | RuntimeException e) {
        access.close();
        throw e;
      }
    } catch (OverlappingFileLockException e) {
      throw new CheckpointException(file + ": another evaluation is writing to it", e);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be opened: " + e.getMessage(), e);
    }
  }

  /** Reads all whole lines and cuts off what follows them. */
  private void read(Map<String, String> identity, Consumer<Line> finished) throws IOException {
    // Never closed, and no second handle: POSIX drops a lock when its process closes any of them.
    InputStream in = new BufferedInputStream(new FileInputStream(access.getFD()));
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long whole = 0;
    int number = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        read(++number, line.toString(StandardCharsets.UTF_8), identity, finished);
        whole += line.size() + 1;
        line.reset();
      } else {
        line.write(b);
      }
    }
    JsonObject header = new JsonObject();
    identity.forEach(header::addProperty);
    if (number == 0 && !startsWith(line.toByteArray(), bytes(header))) {
      throw new CheckpointException(notALine(1)); // somebody's file, not a header that was cut off
    }
    access.setLength(whole);
    access.seek(whole);
    if (number == 0) {
      append(header);
    }
  }

  private void read(
      int number, String text, Map<String, String> identity, Consumer<Line> finished) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      if (number == 1) {
        requireSame(file, json, identity);
      } else {
        finished.accept(line(json));
      }
    } catch (CheckpointException e) {
      throw e;
    } catch (RuntimeException e) { // Gson alone has six kinds for what can be wrong in a line
      throw new CheckpointException(notALine(number), e);
    }
  }

  private static boolean startsWith(byte[] start, byte[] whole) {
    return start.length <= whole.length
        && Arrays.equals(start, 0, start.length, whole, 0, start.length);
  }

  private static byte[] bytes(JsonObject json) {
    return (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private String notALine(int number) {
    return "%s, line %s: is not a line of a Gauntlet checkpoint".formatted(file, number);
  }

  private static void requireSame(Path file, JsonObject header, Map<String, String> identity) {
    for (Map.Entry<String, String> wanted : identity.entrySet()) {
      JsonElement found = header.get(wanted.getKey());
      String there = found == null ? "nothing" : found.getAsString();
      if (!there.equals(wanted.getValue())) {
        throw new CheckpointException(
            "%s belongs to another evaluation: its %s is %s, but this one's is %s"
                .formatted(file, wanted.getKey(), there, wanted.getValue()));
      }
    }
  }

  /** Adds a micro-batch and waits until the disk has it. */
  void add(int phase, double seconds, List<Finding> findings) {
    JsonObject json = new JsonObject();
    json.addProperty("phase", phase);
    json.addProperty("seconds", seconds);
    JsonArray array = new JsonArray();
    findings.forEach(finding -> array.add(json(finding)));
    json.add("findings", array);
    append(json);
  }

  private void append(JsonObject json) {
    try {
      access.write(bytes(json));
      access.getFD().sync();
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static JsonObject json(Finding finding) {
    JsonObject json = new JsonObject();
    json.addProperty("example", finding.example());
    json.addProperty("result", finding.result().name());
    json.addProperty("prediction", finding.prediction());
    json.addProperty("forward", finding.forwardQueries());
    json.addProperty("gradient", finding.gradientQueries());
    json.addProperty("blind", finding.blind());
    json.addProperty("successPass", finding.successPass());
    Batch adversarial = finding.adversarial();
    if (adversarial != null) {
      json.addProperty("distance", finding.distance());
      json.addProperty("adversarial", encode(adversarial.row(0)));
    }
    return json;
  }

  private static Line line(JsonObject json) {
    int phase = json.get("phase").getAsInt();
    List<Finding> findings = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("findings")) {
      findings.add(finding(phase, element.getAsJsonObject()));
    }
    return new Line(phase, json.get("seconds").getAsDouble(), findings);
  }

  private static Finding finding(int phase, JsonObject json) {
    long example = json.get("example").getAsLong();
    @Nullable Batch adversarial =
        json.has("adversarial")
            ? Batch.of(decode(json.get("adversarial").getAsString())).standingFor(example)
            : null;
    return new Finding(
        phase,
        example,
        Finding.Result.valueOf(json.get("result").getAsString()),
        json.get("prediction").getAsInt(),
        adversarial == null ? Double.NaN : json.get("distance").getAsDouble(),
        adversarial,
        json.get("forward").getAsLong(),
        json.get("gradient").getAsLong(),
        json.get("blind").getAsBoolean(),
        json.get("successPass").getAsLong());
  }

  private static String encode(float[] values) { // exact, and a third of the decimal digits
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static float[] decode(String text) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  @Override
  public void close() {
    try {
      access.close();
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
