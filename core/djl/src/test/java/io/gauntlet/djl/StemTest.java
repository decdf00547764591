package io.gauntlet.djl;

import static io.gauntlet.djl.Fixtures.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StemTest {
  private static final int ROWS = 3;

  @ParameterizedTest
  @CsvSource({
    "1, 28, 28, 4, 4, 2, 1", // evenly cut
    "1, 28, 28, 5, 5, 1, 0",
    "3, 9, 7, 3, 3, 1, 1",
    "3, 10, 11, 4, 2, 3, 0", // pixels that no output sees
    "2, 6, 5, 1, 1, 2, 0",
    "1, 5, 6, 3, 5, 2, 4", // outputs that see padding only
    "1, 7, 7, 7, 7, 1, 0"
  })
  void the_way_back_is_that_of_libtorch(
      int channels, int height, int width, int down, int across, int stride, int padding) {
    SequentialBlock block =
        network(
            Conv2d.builder()
                .setKernelShape(new Shape(down, across))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(padding, padding))
                .setFilters(32));
    io.gauntlet.model.Shape image = io.gauntlet.model.Shape.of(channels, height, width);
    try (DjlModel model = DjlModel.of(block, image)) {
      assertThat(Stem.of(block)).isPresent();
      Batch inputs = Fixtures.toy(model, ROWS, 1);
      LogitLoss loss = new CrossEntropy(Labels.of(0, 1, 2));
      Batch own = model.gradient(inputs, loss).byInput();
      Batch twice;
      try (ForwardPass pass = model.forward(inputs)) {
        assertThat(all(pass.logits())).isEqualTo(all(model.logits(inputs)));
        pass.backward(pass.logits());
        twice = pass.backward(loss.gradient(pass.logits()));
      }
      assertThat(all(twice)).isEqualTo(all(own));

      Batch libtorch = model.trainAndDifferentiate(inputs, loss).byInput();

      float largest = 0;
      for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < image.size(); j++) {
          assertThat(own.get(i, j)).isCloseTo(libtorch.get(i, j), within(1e-6f));
          largest = Math.max(largest, Math.abs(own.get(i, j)));
        }
      }
      assertThat(largest).as("the tolerance must mean something").isGreaterThan(1e-2f);
    }
  }

  @Test
  void what_libtorch_does_faster_stays_with_it() {
    assertThat(hasStem(square(3).setFilters(32), 3)).isTrue();
    assertThat(hasStem(square(3).setFilters(4), 1)).isTrue();
    assertThat(hasStem(square(3).setFilters(31), 3)).as("few filters").isFalse();
    assertThat(hasStem(square(3).setFilters(32), 4)).as("many channels").isFalse();
    assertThat(hasStem(square(5).setFilters(32), 3)).as("large filters").isFalse();
    assertThat(hasStem(square(3).setFilters(4).optDilation(new Shape(2, 2)), 1)).isFalse();
    assertThat(hasStem(square(3).setFilters(32).optGroups(2), 2)).isFalse();
  }

  private static boolean hasStem(Conv2d.Builder first, int channels) {
    SequentialBlock block = network(first);
    try (DjlModel model = DjlModel.of(block, io.gauntlet.model.Shape.of(channels, 9, 9))) {
      assertThat(model.classes()).isEqualTo(3);
      return Stem.of(block).isPresent();
    }
  }

  private static Conv2d.Builder square(int side) {
    return Conv2d.builder().setKernelShape(new Shape(side, side));
  }

  private static SequentialBlock network(Conv2d.Builder first) {
    return new SequentialBlock()
        .add(first.build())
        .add(Activation.reluBlock())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(3).build());
  }
}
