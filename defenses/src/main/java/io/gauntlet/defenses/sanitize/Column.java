package io.gauntlet.defenses.sanitize;

import java.util.List;
import java.util.Optional;

/** What a column must hold. Every row must have a value, unless the column is optional. */
public sealed interface Column {
  /** The name in the header, or the key. */
  String name();

  /** Whether rows may lack it. */
  boolean isOptional();

  /** What speaks against a cell that is there. */
  Optional<Reason> examine(Row.Cell cell);

  /** Any finite number. */
  static Numeric number(String name) {
    return new Numeric(name, -Double.MAX_VALUE, Double.MAX_VALUE, false, false);
  }

  /** One of these classes. */
  static Category category(String name, String... classes) {
    return new Category(name, List.of(classes), false);
  }

  /** Text of at most so many characters (UTF-16 units). */
  static Text text(String name, int most) {
    return new Text(name, most, false, false);
  }

  /**
   * A finite number.
   *
   * @param least smallest allowed
   * @param most largest allowed; not below {@code least}
   * @param whole whether it must be an integer
   * @param isOptional whether rows may lack it
   */
  record Numeric(String name, double least, double most, boolean whole, boolean isOptional)
      implements Column {
    /** Checks the range. */
    public Numeric {
      if (!(least <= most)) {
        throw new IllegalArgumentException(
            "least must not be above most, but they were %s and %s".formatted(least, most));
      }
    }

    /** Same with bounds, both allowed. */
    public Numeric between(double newLeast, double newMost) {
      return new Numeric(name, newLeast, newMost, whole, isOptional);
    }

    /** Same for integers. */
    public Numeric wholeOnly() {
      return new Numeric(name, least, most, true, isOptional);
    }

    /** Same for rows that may lack it. */
    public Numeric optional() {
      return new Numeric(name, least, most, whole, true);
    }

    @Override
    public Optional<Reason> examine(Row.Cell cell) {
      if (Decimal.isNotFinite(cell.text())) {
        return because("not-finite", "a finite number", cell);
      }
      boolean typed = cell.kind() == Row.Kind.UNTYPED || cell.kind() == Row.Kind.NUMBER;
      double value = Decimal.parse(cell.text());
      if (!typed || Double.isNaN(value)) {
        return because("type", "a number", cell);
      }
      if (whole && value != Math.rint(value)) {
        return because("type", "an integer", cell);
      }
      return value >= least && value <= most
          ? Optional.empty()
          : because("range", "in [%s, %s]".formatted(least, most), cell);
    }

    private Optional<Reason> because(String rule, String what, Row.Cell cell) {
      return Schema.because(rule, name, what, cell);
    }
  }

  /**
   * One of a closed set of classes.
   *
   * @param classes all that are allowed; at least one, each once
   * @param isOptional whether rows may lack it
   */
  record Category(String name, List<String> classes, boolean isOptional) implements Column {
    /** Copies and checks. */
    public Category {
      classes = List.copyOf(classes);
      if (classes.isEmpty() || classes.stream().distinct().count() < classes.size()) {
        throw new IllegalArgumentException(
            "classes must be at least one and all different, but were " + classes);
      }
    }

    /** Same for rows that may lack it. */
    public Category optional() {
      return new Category(name, classes, true);
    }

    @Override
    public Optional<Reason> examine(Row.Cell cell) {
      return classes.contains(cell.text())
          ? Optional.empty()
          : Schema.because("class", name, "one of " + classes, cell);
    }
  }

  /**
   * Free text.
   *
   * @param most characters it may have (UTF-16 units)
   * @param formulas whether it may begin like a spreadsheet's formula
   * @param isOptional whether rows may lack it
   */
  record Text(String name, int most, boolean formulas, boolean isOptional) implements Column {
    /** Same that lets formulas pass; whoever opens the accepted file in a spreadsheet runs them. */
    public Text allowingFormulas() {
      return new Text(name, most, true, isOptional);
    }

    /** Same for rows that may lack it. */
    public Text optional() {
      return new Text(name, most, formulas, true);
    }

    @Override
    public Optional<Reason> examine(Row.Cell cell) {
      if (cell.kind() == Row.Kind.NUMBER || cell.kind() == Row.Kind.BOOLEAN) {
        return Schema.because("type", name, "text", cell);
      }
      if (cell.text().length() > most) {
        return Schema.because("length", name, "at most " + most + " characters long", cell);
      }
      return formulas || !Formula.isIn(cell.text())
          ? Optional.empty()
          : Schema.because("formula", name, "text that no spreadsheet takes for a formula", cell);
    }
  }
}
