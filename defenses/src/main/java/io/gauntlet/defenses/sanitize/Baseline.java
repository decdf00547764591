package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;
import io.gauntlet.random.Seed;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/**
 * A sample of rows that are trusted, to compare others with.
 *
 * <p>A row is seen through its schema: numbers as they are, classes as they are, texts by their
 * length.
 */
public final class Baseline {
  private static final int LONGEST_ROW = 1 << 20;

  private final Schema schema;
  private final List<double[]> sample;
  private final String digest;

  private Baseline(Schema schema, List<double[]> sample) {
    this.schema = schema;
    this.sample = List.copyOf(sample);
    MessageDigest sha = Sha256.digest();
    ByteBuffer bytes = ByteBuffer.allocate(schema.columns().size() * Double.BYTES);
    for (double[] row : sample) {
      bytes.asDoubleBuffer().put(row);
      sha.update(bytes.array());
    }
    digest = HexFormat.of().formatHex(sha.digest());
  }

  /**
   * Samples trusted sources uniformly.
   *
   * @param most rows in the sample; at least 2
   * @throws IllegalArgumentException if a row breaks the schema, or there are fewer than two
   */
  public static Baseline read(List<Source> sources, Schema schema, int most, Seed seed) {
    Check.atLeast(2, most, "most");
    Reservoir reservoir = new Reservoir(most, seed.forExample(0));
    for (Source source : sources) {
      try (SourceReader reader = new SourceReader(source, LONGEST_ROW, 0)) {
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
          reservoir.offer(encoded(schema, trusted(entry, schema)));
        }
      }
    }
    Check.atLeast(2, reservoir.sample().size(), "trusted rows");
    return new Baseline(schema, shuffled(reservoir.sample(), seed.derive(1)));
  }

  /** Files are sorted, and halves of the sample must be alike. */
  private static List<double[]> shuffled(List<double[]> rows, Seed seed) {
    return Arrays.stream(seed.permutation(rows.size())).mapToObj(rows::get).toList();
  }

  private static Row trusted(Entry entry, Schema schema) {
    Row row = entry.row;
    Reason reason = row == null ? entry.malformed : schema.examine(row).orElse(null);
    if (row == null || reason != null) {
      throw new IllegalArgumentException(
          "trusted rows must fit the schema, but %s, line %s: %s"
              .formatted(entry.source, entry.line.number, reason == null ? "" : reason.detail()));
    }
    return row;
  }

  /** The columns that are compared. */
  public Schema schema() {
    return schema;
  }

  /** How many rows are in the sample. */
  public int rows() {
    return sample.size();
  }

  List<double[]> sample() {
    return sample;
  }

  double[] encoded(Row row) {
    return encoded(schema, row);
  }

  /** Number, position of the class, or length of the text; NaN where there is none. */
  private static double[] encoded(Schema schema, Row row) {
    double[] values = new double[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      Column column = schema.columns().get(i);
      values[i] = row.has(column.name()) ? encoded(column, row.text(column.name())) : Double.NaN;
    }
    return values;
  }

  private static double encoded(Column column, String text) {
    if (column instanceof Column.Category category) {
      int place = category.classes().indexOf(text);
      return place < 0 ? Double.NaN : place;
    }
    return column instanceof Column.Text ? text.length() : Decimal.parse(text);
  }

  /** Names the sample by its digest. */
  @Override
  public String toString() {
    return "Baseline[rows=%s, sha256=%s]".formatted(rows(), digest);
  }

  static double[] column(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).filter(Double::isFinite).toArray();
  }

  static OptionalDouble deviation(double[] values) {
    double deviation = new StandardDeviation().evaluate(values);
    return deviation > 0 ? OptionalDouble.of(deviation) : OptionalDouble.empty();
  }
}
