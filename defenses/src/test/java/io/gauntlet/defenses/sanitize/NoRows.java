package io.gauntlet.defenses.sanitize;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a stage sees beforehand where there is nothing, and rows to ask it about one by one. */
final class NoRows implements Rows {
  @Override
  public long count() {
    return 0;
  }

  @Override
  public void forEach(Consumer<? super Row> visit) {}

  @Override
  public Manifest manifest() {
    return new Manifest(Instant.EPOCH, List.of());
  }

  static Row row(Map<String, String> texts) {
    Map<String, Row.Cell> cells = new LinkedHashMap<>();
    texts.forEach((column, text) -> cells.put(column, new Row.Cell(text, Row.Kind.UNTYPED)));
    return new Row(0, "rows.csv", 1, cells);
  }
}
