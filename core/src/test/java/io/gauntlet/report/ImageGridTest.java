package io.gauntlet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import io.gauntlet.threat.ThreatModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
  private static final int LEFT = 92;
  private static final int COLUMN = 106;
  private static final int ROW = 124;
  private static final int TOP = 18;

  @TempDir private Path folder;

  private static RobustnessReport fooled(Batch adversarial, long... positions) {
    List<Outcome> outcomes = new ArrayList<>();
    outcomes.add(new Outcome.Survived(100, 0, 0));
    for (long position : positions) {
      outcomes.add(new Outcome.Fooled(position, 0, 1, "A", 0.25));
    }
    return Fixed.report(ThreatModel.linf(0.25f), outcomes, List.of(), List.of(), adversarial);
  }

  /** Grey level at a quarter or three quarters of a tile. */
  private static int at(BufferedImage grid, int column, int row, int right, int down) {
    return grid.getRGB(LEFT + column * COLUMN + 24 + 48 * right, row * ROW + TOP + 24 + 48 * down)
        & 0xffffff;
  }

  private static int grey(int level) {
    return level << 16 | level << 8 | level;
  }

  @Test
  void grey_images_are_drawn_clean_adversarial_and_magnified_difference() throws IOException {
    Batch clean = Batch.of(new float[] {0, 1, 0.5f, 0.2f}, new float[4]).standingFor(100, 205);
    Examples examples =
        new Examples(Shape.of(1, 2, 2), clean, Labels.of(clean, 0, 0), List.of("cat", "dog"));
    Batch adversarial = Batch.of(new float[] {0.25f, 0, 0, 0.125f}).standingFor(205);
    Path file = folder.resolve("grid.png");
    int columns = ImageGrid.write(fooled(adversarial, 205), examples, Domain.UNIT, 8, file);
    assertThat(columns).isEqualTo(1);
    BufferedImage grid = ImageIO.read(file.toFile());
    assertThat(grid.getWidth()).isEqualTo(LEFT + COLUMN);
    assertThat(grid.getHeight()).isEqualTo(3 * ROW + 10);
    assertThat(at(grid, 0, 0, 0, 0)).isEqualTo(grey(0));
    assertThat(at(grid, 0, 0, 1, 1)).isEqualTo(grey(0));
    assertThat(at(grid, 0, 1, 0, 0)).isEqualTo(grey(64));
    assertThat(at(grid, 0, 1, 1, 0)).isEqualTo(grey(0));
    assertThat(at(grid, 0, 1, 1, 1)).isEqualTo(grey(32));
    assertThat(at(grid, 0, 2, 0, 0)).as("the largest change is white").isEqualTo(grey(255));
    assertThat(at(grid, 0, 2, 1, 0)).as("no change is grey").isEqualTo(grey(128));
    assertThat(at(grid, 0, 2, 1, 1)).as("half of it is between").isEqualTo(grey(191));
    assertThat(grid.getRGB(LEFT - 3, ROW) & 0xffffff).as("the paper").isEqualTo(grey(255));
  }

  @Test
  void colours_are_planes_and_other_domains_are_scaled() throws IOException {
    float[] red = {2, -2, 0, 1, -2, -2, -2, -2, -2, -2, -2, -2};
    Batch clean = Batch.of(red).standingFor(7);
    Examples examples = new Examples(Shape.of(3, 2, 2), clean, Labels.of(clean, 0));
    float[] less = red.clone();
    less[0] = 0;
    Path file = folder.resolve("grid.png");
    RobustnessReport report = fooled(Batch.of(less).standingFor(7), 7);
    ImageGrid.write(report, examples, Domain.of(-2, 2), 1, file);
    BufferedImage grid = ImageIO.read(file.toFile());
    assertThat(at(grid, 0, 0, 0, 0)).isEqualTo(0xff0000);
    assertThat(at(grid, 0, 0, 1, 0)).isEqualTo(0);
    assertThat(at(grid, 0, 0, 0, 1)).isEqualTo(0x800000);
    assertThat(at(grid, 0, 0, 1, 1)).isEqualTo(0xbf0000);
    assertThat(at(grid, 0, 1, 0, 0)).isEqualTo(0x800000);
    assertThat(at(grid, 0, 2, 0, 0)).as("red went all the way down").isEqualTo(0x008080);
    assertThat(at(grid, 0, 2, 1, 1)).isEqualTo(grey(128));
  }

  @Test
  void only_the_first_fooled_ones_are_drawn() throws IOException {
    Batch clean = Batch.of(new float[4], new float[4], new float[4]);
    Examples examples = new Examples(Shape.of(1, 2, 2), clean, Labels.of(0, 0, 0));
    RobustnessReport report = fooled(clean, 0, 1, 2);
    for (int most : new int[] {1, 2, 3, 50}) {
      Path file = folder.resolve(most + ".png");
      int columns = ImageGrid.write(report, examples, Domain.UNIT, most, file);
      assertThat(columns).isEqualTo(Math.min(most, 3));
      assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(LEFT + columns * COLUMN);
    }
  }

  @Test
  void where_nobody_was_fooled_there_is_no_file() throws IOException {
    Examples examples = new Examples(Shape.of(1, 2, 2), Batch.of(new float[4]), Labels.of(0));
    Path file = folder.resolve("grid.png");
    assertThat(ImageGrid.write(fooled(Batch.of()), examples, Domain.UNIT, 3, file)).isZero();
    assertThat(file).doesNotExist();
  }

  @Test
  void what_is_no_image_is_refused_whether_fooled_or_not() {
    Path file = folder.resolve("grid.png");
    for (Shape shape : List.of(Shape.of(8), Shape.of(2, 4), Shape.of(2, 2, 2))) {
      Examples examples = new Examples(shape, Batch.of(new float[8]), Labels.of(0));
      for (RobustnessReport report : List.of(fooled(examples.inputs(), 0), fooled(Batch.of()))) {
        assertThatThrownBy(() -> ImageGrid.write(report, examples, Domain.UNIT, 3, file))
            .isExactlyInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "only images of shape 1xHxW or 3xHxW can be drawn, but these have shape " + shape);
      }
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void fewer_than_one_column_is_refused() {
    Examples examples = new Examples(Shape.of(1, 2, 2), Batch.of(new float[4]), Labels.of(0));
    assertThatThrownBy(
            () ->
                ImageGrid.write(
                    fooled(examples.inputs(), 0), examples, Domain.UNIT, 0, folder.resolve("g")))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("most must be at least 1, but was 0");
  }

  @Test
  void a_failure_leaves_no_part_of_a_file() throws IOException {
    Examples examples = new Examples(Shape.of(1, 2, 2), Batch.of(new float[4]), Labels.of(0));
    Path taken = folder.resolve("taken");
    Files.createDirectories(taken.resolve("inside"));
    RobustnessReport report = fooled(examples.inputs(), 0);
    assertThatThrownBy(() -> ImageGrid.write(report, examples, Domain.UNIT, 1, taken))
        .isInstanceOf(IOException.class);
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(taken);
    }
  }

  @Test
  void triggered_images_are_drawn_beside_the_clean_ones_with_tenfold_difference()
      throws IOException {
    Batch clean = Batch.of(new float[4], new float[] {0.5f, 0.5f, 1, 0}).standingFor(3, 8);
    Examples examples = new Examples(Shape.of(1, 2, 2), clean, Labels.of(clean, 0, 1));
    Batch changed = Batch.of(new float[] {0.525f, 0.5f, 0, 0.01f}).standingFor(8);
    Examples triggered = new Examples(Shape.of(1, 2, 2), changed, Labels.of(changed, 0));
    Path file = folder.resolve("triggered.png");

    ImageGrid.writeTriggered(examples, triggered, Domain.UNIT, 10, file);

    BufferedImage grid = ImageIO.read(file.toFile());
    assertThat(grid.getWidth()).isEqualTo(LEFT + COLUMN);
    assertThat(at(grid, 0, 0, 0, 0)).isEqualTo(grey(128));
    assertThat(at(grid, 0, 1, 0, 0)).isEqualTo(grey(134));
    assertThat(at(grid, 0, 2, 0, 0)).as("0.025 by ten above the middle").isEqualTo(grey(191));
    assertThat(at(grid, 0, 2, 1, 0)).as("no change is grey").isEqualTo(grey(128));
    assertThat(at(grid, 0, 2, 0, 1)).as("cut off at black").isEqualTo(grey(0));
    assertThat(at(grid, 0, 2, 1, 1)).isEqualTo(grey(153));
  }

  @Test
  void there_must_be_a_triggered_image_and_its_clean_one() {
    Batch clean = Batch.of(new float[4]).standingFor(3);
    Examples examples = new Examples(Shape.of(1, 2, 2), clean, Labels.of(clean, 0));
    Batch other = Batch.of(new float[4]).standingFor(4);
    Examples stranger = new Examples(Shape.of(1, 2, 2), other, Labels.of(other, 0));
    Path file = folder.resolve("none.png");

    assertThatThrownBy(
            () -> ImageGrid.writeTriggered(examples, examples.first(0), Domain.UNIT, 1, file))
        .hasMessage("number of triggered examples must be at least 1, but was 0");
    assertThatThrownBy(() -> ImageGrid.writeTriggered(examples, stranger, Domain.UNIT, 1, file))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(file).doesNotExist();
  }
}
