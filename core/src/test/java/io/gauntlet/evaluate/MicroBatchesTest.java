package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MicroBatchesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 1000, Integer.MAX_VALUE - 1, Integer.MAX_VALUE})
  void every_row_is_in_one_piece_and_no_piece_is_empty_or_too_large(int most) {
    for (int workers : new int[] {1, 2, 3, 8, Integer.MAX_VALUE}) {
      for (int count : new int[] {1, 2, 15, 16, 17, 63, 64, 65, 1000}) {
        int[] rows = IntStream.range(5, 5 + count).toArray();
        List<Integer> joined = new ArrayList<>();
        for (int[] piece : MicroBatches.cut(rows, most, workers)) {
          assertThat(piece.length).isBetween(1, most);
          IntStream.of(piece).forEach(joined::add);
        }
        assertThat(joined).containsExactlyElementsOf(IntStream.of(rows).boxed().toList());
      }
    }
  }

  @Test
  void nothing_is_cut_into_nothing() {
    assertThat(MicroBatches.cut(new int[0], 64, 2)).isEmpty();
  }

  @Test
  void every_worker_gets_as_much_where_there_is_enough() {
    int[] rows = IntStream.range(0, 100).toArray();
    assertThat(MicroBatches.cut(rows, 64, 1)).extracting(p -> p.length).containsExactly(50, 50);
    assertThat(MicroBatches.cut(rows, 64, 4))
        .extracting(piece -> piece.length)
        .containsExactly(25, 25, 25, 25);
    assertThat(MicroBatches.cut(rows, 64, 50))
        .as("but no piece so small that it costs more than it gains")
        .hasSize(2);
  }
}
