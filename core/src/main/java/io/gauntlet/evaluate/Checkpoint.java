package io.gauntlet.evaluate;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gauntlet.model.Batch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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
  private final List<Line> lines;

  /** One finished micro-batch. */
  record Line(int phase, double seconds, List<Finding> findings) {}

  private Checkpoint(Path file, RandomAccessFile access, List<Line> lines) {
    this.file = file;
    this.access = access;
    this.lines = lines;
  }

  /**
   * Opens or starts the file.
   *
   * @param identity what makes this evaluation this one; a file of another one is refused
   */
  static Checkpoint open(Path file, Map<String, String> identity) {
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
        return read(file, access, identity);
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

  private static Checkpoint read(Path file, RandomAccessFile access, Map<String, String> identity)
      throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1; // what follows was cut off
    List<Line> lines = new ArrayList<>();
    String[] whole = end == 0 ? new String[0] : text.substring(0, end - 1).split("\n", -1);
    for (int i = 0; i < whole.length; i++) {
      try {
        JsonObject json = JsonParser.parseString(whole[i]).getAsJsonObject();
        if (i == 0) {
          requireSame(file, json, identity);
        } else {
          lines.add(line(json));
        }
      } catch (JsonParseException | IllegalStateException | IllegalArgumentException e) {
        throw new CheckpointException(
            "%s, line %s: is not a line of a Gauntlet checkpoint".formatted(file, i + 1), e);
      }
    }
    int bytes = text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
    access.setLength(bytes);
    access.seek(bytes);
    Checkpoint checkpoint = new Checkpoint(file, access, lines);
    if (end == 0) {
      JsonObject header = new JsonObject();
      identity.forEach(header::addProperty);
      checkpoint.append(header);
    }
    return checkpoint;
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

  /** What was finished when the file was opened. */
  List<Line> lines() {
    return lines;
  }

  /** Adds a micro-batch and waits until the disk has it. Unfinished examples are left out. */
  void add(int phase, double seconds, List<Finding> findings) {
    JsonObject json = new JsonObject();
    json.addProperty("phase", phase);
    json.addProperty("seconds", seconds);
    JsonArray array = new JsonArray();
    for (Finding finding : findings) {
      if (finding.result() != Finding.Result.UNFINISHED) {
        array.add(json(finding));
      }
    }
    json.add("findings", array);
    append(json);
  }

  private void append(JsonObject json) {
    try {
      access.write((GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8));
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
        json.get("blind").getAsBoolean());
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
