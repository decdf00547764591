package io.gauntlet.defenses.detect;

import io.gauntlet.model.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Which rows of a training set came together, and stand or fall together. */
public final class Sources {
  private final int rows;
  private final Map<String, int[]> rowsOf = new LinkedHashMap<>();

  private Sources(List<String> ofRow) {
    rows = ofRow.size();
    Map<String, List<Integer>> lists = new LinkedHashMap<>();
    for (int row = 0; row < rows; row++) {
      lists.computeIfAbsent(ofRow.get(row), name -> new ArrayList<>()).add(row);
    }
    lists.forEach(
        (name, list) -> rowsOf.put(name, list.stream().mapToInt(Integer::intValue).toArray()));
  }

  /** Where each row came from: a supplier, a device, an upload, an annotator. */
  public static Sources of(List<String> ofRow) {
    return new Sources(ofRow);
  }

  /**
   * For rows that nothing is known about: so many at a time, in the order they came in. Poison that
   * did not arrive together is thinned out by its neighbours; one row at a time is exact, and one
   * training for each row.
   */
  public static Sources consecutive(int rows, int size) {
    Check.atLeast(1, size, "rows of a source");
    Function<Integer, String> name =
        row -> "rows " + row / size * size + " to " + (Math.min(rows, (row / size + 1) * size) - 1);
    return of(IntStream.range(0, rows).boxed().map(name).toList());
  }

  /** Their names, in the order of their first rows. */
  public List<String> names() {
    return List.copyOf(rowsOf.keySet());
  }

  /**
   * The rows of a source, ascending.
   *
   * @throws IllegalArgumentException if there is no such source
   */
  public int[] rowsOf(String name) {
    int[] found = rowsOf.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "the source must be one of %s, but was %s".formatted(rowsOf.keySet(), name));
    }
    return found.clone();
  }

  /** Number of rows of all sources. */
  public int rows() {
    return rows;
  }

  void requireRows(int wanted) {
    if (rows != wanted) {
      throw new IllegalArgumentException(
          "every row needs one source, but there were %s rows and %s sources"
              .formatted(wanted, rows));
    }
  }

  @Override
  public String toString() {
    return "%s rows of %s sources".formatted(rows, rowsOf.size());
  }
}
