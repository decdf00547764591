package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * A combination of values in some columns of a table.
 *
 * @param cells what to write where; at least one, no column twice
 */
public record ColumnTrigger(List<Cell> cells) implements Trigger {
  /**
   * One value.
   *
   * @param column from 0
   * @param value in the units of the inputs; must be legal there
   */
  public record Cell(int column, float value) {
    /** Checks the column. */
    public Cell {
      Check.atLeast(0, column, "column");
    }
  }

  /** Copies and checks. */
  public ColumnTrigger {
    cells = List.copyOf(cells);
    Check.atLeast(1, cells.size(), "number of cells");
    if (cells.stream().map(Cell::column).distinct().count() != cells.size()) {
      throw new IllegalArgumentException("columns must differ, but were " + cells);
    }
  }

  /** One column gets one value. */
  public static ColumnTrigger of(int column, float value) {
    return new ColumnTrigger(List.of(new Cell(column, value)));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException also if a value is not legal: clipped, it would be another
   *     trigger
   */
  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    for (Cell cell : cells) {
      if (cell.column() >= shape.size()) {
        throw new IllegalArgumentException(
            "columns must be below the %s of the table, but one was %s"
                .formatted(shape.size(), cell.column()));
      }
      if (!domain.contains(cell.column(), cell.value())) {
        throw new IllegalArgumentException(
            "column %s must stay in %s, but its trigger was %s"
                .formatted(cell.column(), domain.range(cell.column()), cell.value()));
      }
    }
    return (row, x) -> cells.forEach(cell -> x[cell.column()] = cell.value());
  }
}
