package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Check;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets the first of equal rows pass.
 *
 * <p>Rows are equal if SHA-256 of their cells is, cut to 128 bits. Rules: {@code duplicate}; {@code
 * contradiction} where only the label differs, as it does where labels are flipped.
 *
 * <p>Memory is bounded: about 200 bytes for each of the rows remembered. A note tells how many had
 * to be forgotten.
 *
 * @param columns to compare; at least one
 * @param label column of the label, not among {@code columns}; empty for none
 * @param remembered how many of the latest different rows are compared with; at least 1
 */
public record ExactDuplicates(List<String> columns, Optional<String> label, int remembered)
    implements Stage {
  /** Copies and checks. */
  public ExactDuplicates {
    columns = List.copyOf(columns);
    Check.atLeast(1, columns.size(), "number of columns");
    Check.atLeast(1, remembered, "remembered");
    if (label.isPresent() && columns.contains(label.get())) {
      throw new IllegalArgumentException(
          "label must not be among the columns to compare, but '%s' is".formatted(label.get()));
    }
  }

  /** Compares these columns with the latest million different rows. */
  public static ExactDuplicates of(String... columns) {
    return new ExactDuplicates(List.of(columns), Optional.empty(), 1_000_000);
  }

  /** Compares the schema's columns other than the label with the latest million. */
  public static ExactDuplicates of(Schema schema, String label) {
    List<String> names =
        schema.columns().stream().map(Column::name).filter(name -> !name.equals(label)).toList();
    return new ExactDuplicates(names, Optional.of(label), 1_000_000);
  }

  /** Same with another number of rows remembered. */
  public ExactDuplicates withRemembered(int newRemembered) {
    return new ExactDuplicates(columns, label, newRemembered);
  }

  @Override
  public String name() {
    return "duplicates";
  }

  @Override
  public String settings() {
    return toString();
  }

  @Override
  public Inspection begin(Rows rows) {
    return new Comparison();
  }

  private record Fingerprint(long high, long low) {}

  private record Seen(String source, long line, String label) {}

  private final class Comparison implements Inspection {
    private final MessageDigest digest = Sha256.digest();
    private long forgotten;
    private final Map<Fingerprint, Seen> seen =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Fingerprint, Seen> eldest) {
            boolean full = size() > remembered;
            forgotten += full ? 1 : 0;
            return full;
          }
        };

    @Override
    public Optional<Reason> examine(Row row) {
      String ownLabel = label.map(row::text).orElse("");
      Seen earlier =
          seen.putIfAbsent(fingerprint(row), new Seen(row.source(), row.line(), ownLabel));
      if (earlier == null) {
        return Optional.empty();
      }
      String place = earlier.source() + ", line " + earlier.line();
      return Optional.of(
          earlier.label().equals(ownLabel)
              ? new Reason("duplicate", "repeats " + place)
              : new Reason(
                  "contradiction",
                  "repeats %s, but is '%s' instead of '%s'"
                      .formatted(place, ownLabel, earlier.label())));
    }

    private Fingerprint fingerprint(Row row) {
      for (String column : columns) {
        byte[] bytes = row.text(column).getBytes(StandardCharsets.UTF_8);
        // the length goes first, or cells could borrow from each other
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length).array());
        digest.update(bytes);
      }
      ByteBuffer hash = ByteBuffer.wrap(digest.digest());
      return new Fingerprint(hash.getLong(), hash.getLong());
    }

    @Override
    public List<String> notes() {
      return Recall.note(remembered, forgotten);
    }
  }
}
