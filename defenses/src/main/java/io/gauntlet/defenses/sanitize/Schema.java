package io.gauntlet.defenses.sanitize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets only rows pass that have these columns, all of them and no others, with values of the right
 * type, range, class and length.
 *
 * <p>Rules: {@code missing}, {@code unknown-column}, {@code type}, {@code not-finite}, {@code
 * range}, {@code class}, {@code length}, {@code formula}.
 *
 * @param columns at least one, each name once
 */
public record Schema(List<Column> columns) implements Stage {
  private static final int SHOWN = 80;

  /** Copies and checks. */
  public Schema {
    columns = List.copyOf(columns);
    if (columns.isEmpty()
        || columns.stream().map(Column::name).distinct().count() < columns.size()) {
      throw new IllegalArgumentException(
          "columns must be at least one with names all different, but were " + columns);
    }
  }

  /** These columns, in whichever order. */
  public static Schema of(Column... columns) {
    return new Schema(List.of(columns));
  }

  /** What speaks against the row; empty if nothing does. */
  public Optional<Reason> examine(Row row) {
    return examine(row, byName());
  }

  private Optional<Reason> examine(Row row, Map<String, Column> byName) {
    for (String name : row.cells().keySet()) {
      if (!byName.containsKey(name)) {
        return Optional.of(
            new Reason(
                "unknown-column", "the schema must have the column, but has no " + cut(name)));
      }
    }
    for (Column column : columns) {
      Row.Cell cell = row.cells().get(column.name());
      if (cell == null || cell.text().isEmpty()) {
        if (!column.isOptional()) {
          return Optional.of(
              new Reason("missing", column.name() + " must have a value, but has none"));
        }
        continue;
      }
      Optional<Reason> reason = column.examine(cell);
      if (reason.isPresent()) {
        return reason;
      }
    }
    return Optional.empty();
  }

  private Map<String, Column> byName() {
    Map<String, Column> byName = new LinkedHashMap<>();
    columns.forEach(column -> byName.put(column.name(), column));
    return byName;
  }

  @Override
  public String name() {
    return "schema";
  }

  @Override
  public String settings() {
    return toString();
  }

  @Override
  public Inspection begin(Rows rows) {
    Map<String, Column> byName = byName();
    return row -> examine(row, byName);
  }

  static Optional<Reason> because(String rule, String column, String what, Row.Cell cell) {
    return Optional.of(
        new Reason(rule, "%s must be %s, but was '%s'".formatted(column, what, cut(cell.text()))));
  }

  private static String cut(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
