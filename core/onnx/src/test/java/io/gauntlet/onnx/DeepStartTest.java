package io.gauntlet.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DeepStartTest {
  @TempDir Path folder;

  /** Answers one question to the model that it is told. */
  static final class Asked {
    private Asked() {}

    public static void main(String[] arguments) {
      try (OnnxRuntimeModel model = OnnxRuntimeModel.open(Path.of(arguments[0]))) {
        System.out.print(model.classes());
      }
    }
  }

  @Test
  @Timeout(120)
  void a_long_class_path_does_not_end_the_jvm() throws Exception {
    GraphWriter graph = new GraphWriter(13).input("x", GraphWriter.FLOAT, -1, 2);
    graph.node("Relu", List.of("x"), "logits");
    Path file = graph.output("logits", GraphWriter.FLOAT, -1, 2).write(folder.resolve("net.onnx"));
    String longPath =
        System.getProperty("java.class.path") + File.pathSeparator + "x".repeat(50_000);
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                longPath,
                Asked.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("2");
    assertThat(child.waitFor()).isZero();
  }
}
