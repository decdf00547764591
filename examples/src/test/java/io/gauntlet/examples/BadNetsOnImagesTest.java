package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.examples.BadNetsOnImages.Extent;
import io.gauntlet.examples.BadNetsOnImages.Result;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class BadNetsOnImagesTest {
  @TempDir static Path folder;

  private Result result;

  @BeforeAll
  void run() throws IOException {
    result = BadNetsOnImages.run(folder, Extent.small(), line -> {});
  }

  @Test
  void the_patch_is_learnt_and_does_not_show() {
    assertThat(result.backdoor().success().value()).isGreaterThan(0.9);
    assertThat(result.backdoor().referenceSuccess().value()).isLessThan(0.05);
    assertThat(result.backdoor().accuracyDrop()).isLessThan(0.03);
  }

  @Test
  void a_detector_finds_most_poisoned_rows_and_hardly_any_other() {
    assertThat(result.detectors().values())
        .anyMatch(accuracy -> accuracy.truePositiveRate() > 0.9)
        .allMatch(accuracy -> accuracy.falsePositiveRate() < 0.02);
  }

  @Test
  void strip_tells_triggered_digits_from_clean_ones() {
    assertThat(result.stripAuroc()).isGreaterThan(0.9);
  }

  @Test
  void the_repair_takes_the_backdoor_away() {
    assertThat(result.repaired().success().value()).isLessThanOrEqualTo(0.05);
    assertThat(result.repaired().accuracyDrop()).isLessThan(0.03);
  }

  @Test
  void the_reconstructed_trigger_of_the_target_is_smaller_than_the_median() {
    assertThat(result.inspection().triggers()).hasSize(10);
    assertThat(result.inspection().anomalyIndex(BadNetsOnImages.TARGET)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"triggered.png", "reconstructed.png"})
  void the_pictures_have_three_rows_of_eight_digits(String file) throws IOException {
    BufferedImage image = ImageIO.read(folder.resolve(file).toFile());
    assertThat(image.getWidth()).isGreaterThan(8 * 96);
    assertThat(image.getHeight()).isGreaterThan(3 * 96);
  }

  @Test
  void the_table_is_ascii_whatever_the_country() {
    assertThat(BadNetsTable.of(result)).matches("\\A\\p{ASCII}*\\z").contains("Neural Cleanse");
  }
}
