package io.gauntlet.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void two_thousand_gradient_steps_leave_nothing_behind() throws Exception {
    Process loop =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                GradientLoop.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Long> printed;
    try (BufferedReader out = loop.inputReader(StandardCharsets.US_ASCII)) {
      printed = out.lines().map(Long::valueOf).toList();
    }
    assertThat(loop.waitFor()).isZero();
    assertThat(printed).hasSize(6);
    assertThat(growth(printed, 0)).as("growth of the used heap").isLessThan(0.05);
    assertThat(growth(printed, 1)).as("growth of the resident memory").isLessThan(0.05);
    assertThat(growth(printed, 2)).as("growth of the arrays").isZero();
  }

  private static double growth(List<Long> printed, int what) {
    return printed.get(3 + what) / (double) printed.get(what) - 1;
  }

  static Optimiser[] optimisers() {
    return new Optimiser[] {Optimiser.Adam.standard(), Optimiser.Sgd.of(0.01f)};
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void training_and_closing_leave_no_array_behind(Optimiser optimiser) {
    try (NDManager outside = Libtorch.newManager(Device.cpu())) {
      NDManager root = outside.getParentManager();
      int before = root.getManagedArrays().size();
      DjlOptions options = DjlOptions.of(Fixtures.IMAGE).withOptimiser(optimiser);
      for (DjlModel made :
          List.of(
              DjlModel.of(Fixtures.layers(), options),
              DjlModel.torchScript(Fixtures.file("scripted.pt"), options))) {
        try (DjlModel model = made) {
          Fixtures.train(model, 0);
          int during = root.getManagedArrays().size();
          Fixtures.train(model, 1);
          Fixtures.train(model, 2);
          model.fingerprint();
          model.logits(Fixtures.toy(model, 3, 1));
          assertThat(root.getManagedArrays()).hasSize(during);
        }
      }
      assertThat(root.getManagedArrays()).hasSize(before);
    }
  }
}
