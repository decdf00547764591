package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ImageShapeTest {
  @Test
  void three_axes_are_channels_height_width() {
    ImageShape image = ImageShape.of(Shape.of(3, 4, 5));
    assertThat(image).isEqualTo(new ImageShape(3, 4, 5)).hasToString("3x4x5");
    assertThat(image.area()).isEqualTo(20);
    assertThat(image.size()).isEqualTo(60);
  }

  @Test
  void two_axes_are_one_channel() {
    assertThat(ImageShape.of(Shape.of(4, 5))).isEqualTo(new ImageShape(1, 4, 5));
  }

  @Test
  void other_ranks_are_refused_by_name() {
    for (Shape shape : new Shape[] {Shape.of(64), Shape.of(1, 3, 4, 5)}) {
      assertThatThrownBy(() -> ImageShape.of(shape))
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "images must have the shape channels x height x width or height x width,"
                  + " but the model takes "
                  + shape);
    }
  }

  @Test
  void an_empty_axis_is_refused() {
    assertThatThrownBy(() -> new ImageShape(1, 0, 5))
        .hasMessage("height must be at least 1, but was 0");
  }
}
