package io.gauntlet.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything measured so far, as it stands in a file.
 *
 * @param settings that all of it was measured with
 * @param nets trained
 * @param measurements of these
 */
record DetectorResults(Settings settings, List<Net> nets, List<Measurement> measurements) {
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

  /**
   * What makes figures comparable.
   *
   * @param data name of the images
   * @param training images learnt
   * @param heldOut images the defender has
   * @param epochs of training
   */
  record Settings(String data, int training, int heldOut, int epochs) {}

  /**
   * What was planted in a network.
   *
   * @param attack or "clean"
   * @param rate poisoned share of the training data
   */
  record Planting(String attack, double rate, long seed) {}

  /**
   * What a backdoor does to a network.
   *
   * @param accuracy on clean images
   * @param success share of triggered images that go to the target; null without a trigger
   */
  record Net(Planting planting, double accuracy, @Nullable Double success) {}

  /** What one detector found. */
  record Measurement(Planting planting, String detector, Detector.Found found) {}

  DetectorResults {
    nets = new ArrayList<>(nets);
    measurements = new ArrayList<>(measurements);
  }

  /** What the file holds; nothing where it is not there. */
  static DetectorResults in(Path file, Settings settings) throws IOException {
    if (!Files.exists(file)) {
      return new DetectorResults(settings, List.of(), List.of());
    }
    DetectorResults read = read(file);
    if (!settings.equals(read.settings)) {
      throw new DataException(
          file,
          "must have been measured with %s, but was with %s".formatted(settings, read.settings));
    }
    return read;
  }

  static DetectorResults read(Path file) throws IOException {
    try {
      JsonObject read = JSON.fromJson(Files.readString(file), JsonObject.class);
      for (String part : List.of("nets", "measurements")) {
        if (read == null || !read.has(part)) {
          throw new DataException(file, "must have \"%s\", but has not".formatted(part));
        }
      }
      return JSON.fromJson(read, DetectorResults.class);
    } catch (JsonParseException e) {
      throw new DataException(file, e);
    }
  }

  void write(Path file) throws IOException {
    byte[] json = (JSON.toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }

  boolean has(Planting planting, Detector detector) {
    return measurements.stream()
        .anyMatch(
            measured ->
                measured.planting().equals(planting)
                    && measured.detector().equals(detector.title()));
  }

  void add(Net net) {
    if (nets.stream().noneMatch(known -> known.planting().equals(net.planting()))) {
      nets.add(net);
    }
  }

  void add(Measurement measurement) {
    measurements.add(measurement);
  }
}
