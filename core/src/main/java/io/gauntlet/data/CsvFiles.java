package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads tables of numbers with one label column, plain or gzipped.
 *
 * <pre>{@code
 * Examples digits =
 *     CsvFiles.labelLast(Domain.of(0, 16))
 *         .scaledTo(Range.UNIT)
 *         .withShape(Shape.of(1, 8, 8))
 *         .read(Path.of("digits.csv.gz"));
 * }</pre>
 *
 * <p>The text is UTF-8 and follows <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>,
 * except that blanks around a field do not count. A first row without any number is a header; so is
 * any first row after {@link #withHeader()}. Every column but the label must be numeric and lie in
 * the declared domain; a missing value is an error.
 *
 * <p>Labels that are numbers must be 0, 1, 2 and so on, each at least once. Labels that are names
 * become classes in the order of {@link String#compareTo}. {@link #withClasses} says what the
 * classes are where a file may lack one.
 *
 * <p>Rows and columns are counted from 1 in all messages, the header included. Immutable.
 */
public final class CsvFiles {
  private final Domain domain;
  private final LabelColumn label;
  private final char separator;
  private final boolean header;
  private final @Nullable Range target;
  private final @Nullable Shape shape;
  private final List<String> classes;

  private CsvFiles(
      Domain domain,
      LabelColumn label,
      char separator,
      boolean header,
      @Nullable Range target,
      @Nullable Shape shape,
      List<String> classes) {
    this.domain = domain;
    this.label = label;
    this.separator = separator;
    this.header = header;
    this.target = target;
    this.shape = shape;
    this.classes = List.copyOf(classes);
  }

  /**
   * Tables whose last column is the label.
   *
   * @param domain legal values as they stand in the file, for each column but the label
   */
  public static CsvFiles labelLast(Domain domain) {
    return labelInColumn(-1, domain);
  }

  /**
   * Tables whose label is in a known column.
   *
   * @param column 1 for the first column, -1 for the last one
   * @param domain legal values as they stand in the file, for each column but the label
   */
  public static CsvFiles labelInColumn(int column, Domain domain) {
    if (column == 0) {
      throw new IllegalArgumentException(
          "the label column must be counted from 1, or from -1 backwards, but was 0");
    }
    return new CsvFiles(domain, new LabelColumn(column, null), ',', false, null, null, List.of());
  }

  /**
   * Tables whose label column is called {@code name} in the header, which there must be.
   *
   * @param domain legal values as they stand in the file, for each column but the label
   */
  public static CsvFiles labelNamed(String name, Domain domain) {
    return new CsvFiles(domain, new LabelColumn(0, name), ',', true, null, null, List.of());
  }

  /** The first row is a header even if it has numbers in it. */
  public CsvFiles withHeader() {
    return new CsvFiles(domain, label, separator, true, target, shape, classes);
  }

  /** Fields are cut at {@code newSeparator}, such as {@code ';'}, instead of a comma. */
  public CsvFiles withSeparator(char newSeparator) {
    return new CsvFiles(domain, label, newSeparator, header, target, shape, classes);
  }

  /** Values are mapped from their column's domain onto {@code newTarget}, end to end. */
  public CsvFiles scaledTo(Range newTarget) {
    return new CsvFiles(domain, label, separator, header, newTarget, shape, classes);
  }

  /** The features of a row are an example of this shape instead of one axis. */
  public CsvFiles withShape(Shape newShape) {
    return new CsvFiles(domain, label, separator, header, target, newShape, classes);
  }

  /** The classes, in their order, as the label column writes them; other labels are refused. */
  public CsvFiles withClasses(List<String> newClasses) {
    if (newClasses.isEmpty() || newClasses.stream().distinct().count() != newClasses.size()) {
      throw new IllegalArgumentException(
          "classes must be distinct and at least one, but were " + newClasses);
    }
    return new CsvFiles(domain, label, separator, header, target, shape, newClasses);
  }

  /**
   * Reads a file.
   *
   * @throws DataException if it is missing, empty or cut off, a row is longer or shorter than the
   *     first, a value is no number or not legal, or a label is missing or not what the class
   *     comment asks for
   */
  public Examples read(Path file) {
    ByteSource.sizeOf(file);
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }

  /**
   * Reads a stream, such as a class-path resource, to its end; the caller closes it.
   *
   * @param source what to call the stream in messages
   * @throws DataException as {@link #read(Path)} does
   */
  public Examples read(InputStream in, String source) {
    CsvTable table = CsvTable.open(source, separator, in, header);
    int width = table.columns() - 1;
    Shape exampleShape = exampleShape(table, width);
    int labelAt = label.position(table);
    CsvLabels labels = new CsvLabels(source);
    Floats values = new Floats(source, 0);
    while (table.next()) {
      labels.add(table.row(), table.field(labelAt));
      for (int feature = 0; feature < width; feature++) {
        values.add(value(table, feature < labelAt ? feature : feature + 1, feature));
      }
    }
    if (labels.count() == 0) {
      throw table.broken("there must be a row of data below the header, but there is none");
    }
    return labels.label(exampleShape, Batch.wrap(width, values.toArray()), classes);
  }

  private Shape exampleShape(CsvTable table, int width) {
    if (width < 1) {
      throw table.broken("there must be a label and a feature, but there is only one column");
    }
    if (shape != null && shape.size() != width) {
      throw table.broken(
          "the shape %s needs %s columns beside the label, but there are %s"
              .formatted(shape, shape.size(), width));
    }
    try {
      domain.check(Batch.wrap(width, new float[0]));
    } catch (IllegalArgumentException e) {
      throw table.broken(String.valueOf(e.getMessage()));
    }
    return shape == null ? Shape.of(width) : shape;
  }

  private float value(CsvTable table, int column, int feature) {
    String text = table.field(column);
    double value = CsvNumber.parse(text);
    if (Double.isNaN(value)) {
      throw table.broken(column, "values must be finite numbers, but this one was '" + text + "'");
    }
    Range legal = domain.range(feature);
    if (!domain.contains(feature, (float) value)) {
      throw table.broken(column, "values must lie in " + legal + ", but this one was " + text);
    }
    return target == null
        ? (float) value
        : new Scale(legal.lower(), legal.upper(), target).of(value);
  }

  /**
   * Where the label is.
   *
   * @param number counted from 1, or from -1 backwards, where there is no name
   */
  private record LabelColumn(int number, @Nullable String name) {
    int position(CsvTable table) {
      if (name != null) {
        return table.column(name);
      }
      int position = number > 0 ? number - 1 : table.columns() + number;
      if (position < 0 || position >= table.columns()) {
        throw table.broken(
            "the label must be in column %s, but there are %s columns"
                .formatted(number, table.columns()));
      }
      return position;
    }
  }
}
