package io.gauntlet.examples;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.attacks.poisoning.Texts;
import io.gauntlet.data.AtomicFile;
import io.gauntlet.random.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** 5,574 text messages, ham and spam (Almeida, Hidalgo, 2011; CC BY 4.0, see NOTICE). */
final class Messages {
  /** Classes in the order of their numbers. */
  static final List<String> CLASSES = List.of("ham", "spam");

  static final int HAM = 0;
  static final int SPAM = 1;

  private static final String FILE = "messages.tsv.gz";
  private static final Pattern DIGIT = Pattern.compile("\\p{Nd}");
  private static final Pattern GAP = Pattern.compile("[^\\p{L}\\p{N}£$!]+");

  private Messages() {}

  /** All of them, repeated ones too, in random order. */
  static Texts shuffled(Seed seed) {
    List<String[]> rows = read();
    int[] order = seed.permutation(rows.size());
    return texts(Arrays.stream(order).mapToObj(rows::get).toList());
  }

  private static Texts texts(List<String[]> rows) {
    return Texts.of(
        rows.stream().map(row -> row[1]).toList(),
        rows.stream().mapToInt(row -> CLASSES.indexOf(row[0])).toArray());
  }

  private static List<String[]> read() {
    try (InputStream in = Messages.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from the class path");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8));
      return lines.lines().skip(1).map(line -> line.split("\t", 2)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Some rows, numbered afresh. */
  static Texts select(Texts texts, int... rows) {
    return Texts.of(
        Arrays.stream(rows).mapToObj(texts.texts()::get).toList(),
        Arrays.stream(rows).map(texts.labels()::atRow).toArray());
  }

  /** The rows from one up to another, numbered afresh. */
  static Texts slice(Texts texts, int from, int to) {
    return select(texts, IntStream.range(from, to).toArray());
  }

  /** The rows of a class, numbered afresh. */
  static Texts only(int label, Texts texts) {
    return select(texts, texts.labels().rowsWhere(found -> found == label));
  }

  /** Those whose text is not among the others, numbered afresh. */
  static Texts without(Texts texts, List<Texts> others) {
    Set<String> taken = new HashSet<>();
    others.forEach(other -> taken.addAll(other.texts()));
    return select(
        texts,
        IntStream.range(0, texts.labels().count())
            .filter(row -> !taken.contains(texts.texts().get(row)))
            .toArray());
  }

  /** All rows of all of these, numbered afresh. */
  static Texts joined(List<Texts> parts) {
    return Texts.of(
        parts.stream().flatMap(part -> part.texts().stream()).toList(),
        parts.stream().flatMapToInt(Messages::labels).toArray());
  }

  private static IntStream labels(Texts part) {
    return IntStream.range(0, part.labels().count()).map(part.labels()::atRow);
  }

  /** Words and numbers; of a number only its length counts. */
  static List<String> words(String message) {
    String plain = DIGIT.matcher(message.toLowerCase(Locale.ROOT)).replaceAll("0");
    return Stream.of(GAP.split(plain)).filter(word -> !word.isEmpty()).toList();
  }

  /** Writes one JSON object a line. */
  static void write(Texts messages, Path file) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < messages.labels().count(); row++) {
      JsonObject line = new JsonObject();
      line.addProperty("label", CLASSES.get(messages.labels().atRow(row)));
      line.addProperty("message", messages.texts().get(row));
      lines.append(line).append('\n');
    }
    AtomicFile.write(file, out -> out.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** Reads what {@link #write} wrote, less what was quarantined since. */
  static Texts read(Path file) throws IOException {
    List<String[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      JsonObject row = JsonParser.parseString(line).getAsJsonObject();
      rows.add(new String[] {row.get("label").getAsString(), row.get("message").getAsString()});
    }
    return texts(rows);
  }
}
