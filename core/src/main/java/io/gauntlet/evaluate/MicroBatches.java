package io.gauntlet.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts rows into equal pieces: none larger than asked for, and work for every worker. */
final class MicroBatches {
  private static final int WORTH_SHARING = 16; // examples; below, a piece costs more than it gains

  private MicroBatches() {}

  static List<int[]> cut(int[] rows, int most, int workers) {
    if (rows.length == 0) {
      return List.of();
    }
    int pieces = 1 + (rows.length - 1) / most; // no sum that could overflow: "most" may be anything
    long even = (1 + (pieces - 1L) / workers) * workers;
    if (rows.length / even >= Math.min(most, WORTH_SHARING)) {
      pieces = (int) even;
    }
    List<int[]> cut = new ArrayList<>();
    for (int piece = 0; piece < pieces; piece++) {
      int from = (int) ((long) rows.length * piece / pieces);
      int to = (int) ((long) rows.length * (piece + 1) / pieces);
      cut.add(Arrays.copyOfRange(rows, from, to));
    }
    return cut;
  }
}
