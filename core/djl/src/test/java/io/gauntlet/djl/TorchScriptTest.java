package io.gauntlet.djl;

import static io.gauntlet.djl.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchScriptTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"scripted.pt", "traced.pt"})
  void agrees_with_pytorch_in_evaluation_mode(String name) throws IOException {
    Batch inputs = Fixtures.expected("inputs");
    float[] scores = all(Fixtures.expected("scores"));
    try (DjlModel model = DjlModel.torchScript(Fixtures.file(name), Fixtures.IMAGE);
        ForwardPass pass = model.forward(inputs)) {
      Batch gradient = pass.backward(Fixtures.expected("weights"));
      assertThat(all(model.logits(inputs))).containsExactly(scores, within(1e-6f));
      assertThat(all(pass.logits())).containsExactly(scores, within(1e-6f));
      assertThat(all(gradient)).containsExactly(all(Fixtures.expected("gradient")), within(1e-6f));
    }
  }

  @Test
  void is_named_by_the_digest_of_its_file() throws IOException {
    try (DjlModel model = DjlModel.torchScript(Fixtures.file("traced.pt"), Fixtures.IMAGE)) {
      assertThat(model.fingerprint())
          .isEqualTo(
              "DjlModel[TorchScript, sha256=%s]".formatted(Digest.of(Fixtures.file("traced.pt"))));
    }
  }

  @Test
  void learns_and_can_be_saved_and_opened_again() {
    Path saved = folder.resolve("learnt.pt");
    try (DjlModel model =
        DjlModel.torchScript(
            Fixtures.file("scripted.pt"),
            DjlOptions.of(Fixtures.IMAGE).withOptimiser(new Optimiser.Adam(1e-2f)))) {
      String before = model.fingerprint();
      double first = Fixtures.train(model, 0);
      double last = first;
      for (int step = 1; step < 60; step++) {
        last = Fixtures.train(model, step);
      }
      assertThat(last).isLessThan(first / 2);
      assertThat(model.fingerprint()).isNotEqualTo(before);

      model.save(saved);
      Batch inputs = Fixtures.toy(model, 8, 1);
      assertThat(all(model.logits(inputs))).isEqualTo(all(model.logits(inputs)));
      try (DjlModel again = DjlModel.torchScript(saved, Fixtures.IMAGE)) {
        assertThat(all(again.logits(inputs))).isEqualTo(all(model.logits(inputs)));
        assertThat(again.fingerprint()).isEqualTo(model.fingerprint());
      }
    }
  }

  @Test
  void has_no_parameters_to_be_loaded() {
    try (DjlModel model = DjlModel.torchScript(Fixtures.file("traced.pt"), Fixtures.IMAGE)) {
      assertThatThrownBy(() -> model.loadParameters(folder.resolve("x.npz")))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("x.npz as a model");
    }
  }

  @Test
  void a_missing_file_is_named() {
    Path missing = folder.resolve("missing.pt");
    assertThatThrownBy(() -> DjlModel.torchScript(missing, Fixtures.IMAGE))
        .isInstanceOf(ModelException.class)
        .hasMessage("a model file must be readable, but at %s there is none", missing)
        .hasCauseInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "9, 10", "99, 100"})
  void a_truncated_file_is_named_with_the_rule_it_breaks(int part, int of) throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.file("scripted.pt"));
    Path cut = folder.resolve("cut.pt");
    Files.write(cut, Arrays.copyOf(whole, whole.length * part / of));
    assertThatThrownBy(() -> DjlModel.torchScript(cut, Fixtures.IMAGE))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("%s must be a TorchScript archive", cut)
        .hasCauseInstanceOf(RuntimeException.class);
  }

  @Test
  void text_is_not_torchscript() throws IOException {
    Path text = Files.writeString(folder.resolve("text.pt"), "no archive\n".repeat(500));
    assertThatThrownBy(() -> DjlModel.torchScript(text, Fixtures.IMAGE))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("%s must be a TorchScript archive", text);
  }

  @Test
  void a_state_dict_is_not_torchscript() {
    Path file = Fixtures.file("state_dict.pt");
    assertThatThrownBy(() -> DjlModel.torchScript(file, Fixtures.IMAGE))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("%s must be a TorchScript archive", file);
  }

  @Test
  void a_folder_is_not_torchscript() {
    assertThatThrownBy(() -> DjlModel.torchScript(folder, Fixtures.IMAGE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void another_input_shape_is_named() {
    assertThatThrownBy(() -> DjlModel.torchScript(Fixtures.file("traced.pt"), Shape.of(3, 8, 8)))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("the network failed on 1 inputs of 3x8x8: ");
  }
}
