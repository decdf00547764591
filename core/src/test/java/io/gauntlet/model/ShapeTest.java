package io.gauntlet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void has_a_size_a_rank_and_a_name() {
    Shape image = Shape.of(3, 224, 224);
    assertThat(image.size()).isEqualTo(150_528);
    assertThat(image.rank()).isEqualTo(3);
    assertThat(image).hasToString("3x224x224").isEqualTo(new Shape(List.of(3, 224, 224)));
    assertThat(Shape.of(30)).hasToString("30");
  }

  @Test
  void never_changes_with_the_list_it_came_from() {
    List<Integer> sizes = new ArrayList<>(List.of(2, 3));
    Shape shape = new Shape(sizes);
    sizes.set(0, 9);
    assertThat(shape.size()).isEqualTo(6);
  }

  @Test
  void without_axes_or_with_an_empty_axis_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(Shape::of)
        .withMessage("a shape needs at least one axis and positive sizes, but was []");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(3, 0))
        .withMessage("a shape needs at least one axis and positive sizes, but was [3, 0]");
  }

  @Test
  void with_more_features_than_an_array_holds_is_refused() {
    assertThat(Shape.of(Integer.MAX_VALUE, 1).size()).isEqualTo(Integer.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(65536, 65536, 65536, 65536)) // 2^64, which is 0 in a long
        .withMessage(
            "a shape must hold at most 2147483647 features, but was [65536, 65536, 65536, 65536]");
  }
}
