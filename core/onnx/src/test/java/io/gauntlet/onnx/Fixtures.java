package io.gauntlet.onnx;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.gauntlet.model.Batch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** What make_fixtures.py made. */
final class Fixtures {
  private Fixtures() {}

  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Fixtures.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path network(String name) {
    return file(name + ".onnx");
  }

  /** What PyTorch or scikit-learn says about a network: an entry of expected.json. */
  static Batch expected(String network, String entry) {
    Gson gson = new Gson();
    try {
      JsonObject all = gson.fromJson(Files.readString(file("expected.json")), JsonObject.class);
      return Batch.of(gson.fromJson(all.getAsJsonObject(network).get(entry), float[][].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] all(Batch batch) {
    float[] values = new float[batch.rows() * batch.width()];
    batch.buffer().get(values);
    return values;
  }
}
