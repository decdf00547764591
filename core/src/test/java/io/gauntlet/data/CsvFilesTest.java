package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFilesTest {
  private static final CsvFiles PLAIN = CsvFiles.labelLast(Domain.of(0, 16));

  @TempDir Path folder;

  @Test
  void rows_become_examples() {
    Examples read = read(PLAIN, "1,2,0\n3,4.5,1\n");

    assertThat(read.shape()).isEqualTo(Shape.of(2));
    assertThat(read.inputs().row(0)).containsExactly(1f, 2f);
    assertThat(read.inputs().row(1)).containsExactly(3f, 4.5f);
    assertThat(labels(read)).containsExactly(0, 1);
    assertThat(read.classNames()).containsExactly("0", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,0\n3,4,1",
        "1,2,0\r\n3,4,1\r\n",
        "1,2,0\r3,4,1\r",
        "1,2,0\n3,4,1\n\n\r\n\n",
        "\uFEFF1,2,0\n3,4,1\n",
        " 1 ,\t2, 0\n3,4,1 \n",
        "\"1\",\"2\",\"0\"\n\"3\" , \"4\" ,1\n",
        "a,b,label\n1,2,0\n3,4,1\n",
        "1e0,.2E+1,0.0\n+3.,40e-1,1\n"
      })
  void every_way_to_write_the_same_table_is_read(String text) {
    Examples read = read(PLAIN, text);

    assertThat(read.inputs().row(0)).containsExactly(1f, 2f);
    assertThat(read.inputs().row(1)).containsExactly(3f, 4f);
    assertThat(labels(read)).containsExactly(0, 1);
    assertThat(read.classNames()).containsExactly("0", "1");
  }

  @Test
  void a_file_may_be_plain_or_gzipped() throws IOException {
    byte[] text = utf8("1,2,0\n3,4,1\n");
    Path plain = Files.write(folder.resolve("plain.csv"), text);
    Path packed = Files.write(folder.resolve("packed.csv.gz"), gzip(text));

    assertThat(PLAIN.read(plain).inputs().row(1)).containsExactly(3f, 4f);
    assertThat(PLAIN.read(packed).inputs().row(1)).containsExactly(3f, 4f);
  }

  @Test
  void a_stream_may_be_gzipped() {
    Examples read = PLAIN.read(new ByteArrayInputStream(gzip(utf8("1,2,0\n"))), "resource");

    assertThat(read.inputs().row(0)).containsExactly(1f, 2f);
  }

  @Test
  void values_are_scaled_from_their_domain_onto_the_range() {
    Examples read = read(PLAIN.scaledTo(Range.UNIT).withShape(Shape.of(1, 3, 1)), "0,5,16,0\n");

    assertThat(read.shape()).isEqualTo(Shape.of(1, 3, 1));
    assertThat(read.inputs().row(0)).containsExactly(0f, 0.3125f, 1f);
  }

  @Test
  void every_column_is_scaled_from_its_own_range() {
    Domain domain = Domain.perFeature(List.of(new Range(18, 98), new Range(-1, 1)));
    CsvFiles format = CsvFiles.labelInColumn(2, domain).scaledTo(new Range(-1f, 1f));

    Examples read = read(format, "age,class,balance\n38,no,0\n98,yes,-1\n");

    assertThat(read.inputs().row(0)).containsExactly(-0.5f, 0f);
    assertThat(read.inputs().row(1)).containsExactly(1f, -1f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, -3})
  void the_label_is_counted_from_either_end(int column) {
    Examples read = read(CsvFiles.labelInColumn(column, Domain.of(0, 16)), "0,5,6\n1,7,8\n");

    assertThat(labels(read)).containsExactly(0, 1);
    assertThat(read.inputs().row(0)).containsExactly(5f, 6f);
  }

  @Test
  void the_label_is_found_by_name() {
    Examples read = read(CsvFiles.labelNamed("type", Domain.of(0, 16)), "a,type,b\n5,1,6\n7,0,8\n");

    assertThat(labels(read)).containsExactly(1, 0);
    assertThat(read.inputs().row(1)).containsExactly(7f, 8f);
  }

  @Test
  void a_header_of_numbers_is_one_on_demand() {
    Examples read = read(PLAIN.withHeader(), "0,1,2\n5,6,0\n");

    assertThat(read.count()).isEqualTo(1);
    assertThat(read.inputs().row(0)).containsExactly(5f, 6f);
  }

  @Test
  void names_become_sorted_classes() {
    Examples read = read(PLAIN, "1,spam\n2,ham\n3,Zebra\n4,spam\n");

    assertThat(read.classNames()).containsExactly("Zebra", "ham", "spam");
    assertThat(labels(read)).containsExactly(2, 1, 0, 2);
  }

  @Test
  void quoted_names_may_hold_separators_quotes_and_line_ends() {
    Examples read = read(PLAIN, "1,\"a,b\"\n2,\"c \"\"d\"\"\"\n3,\"e\nf\"\n");

    assertThat(read.classNames()).containsExactly("a,b", "c \"d\"", "e\nf");
  }

  @Test
  void numbers_above_nine_are_sorted_as_numbers() {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < 12; k++) {
      text.append("5,").append(11 - k).append('\n');
    }

    Examples read = read(PLAIN, text.toString());

    assertThat(labels(read)).containsExactly(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    assertThat(read.classNames()).hasSize(12).endsWith("9", "10", "11");
  }

  @Test
  void declared_classes_give_the_order_and_may_be_absent() {
    Examples read = read(PLAIN.withClasses(List.of("no", "-1", "yes")), "1,yes\n2,-1\n");

    assertThat(read.classNames()).containsExactly("no", "-1", "yes");
    assertThat(labels(read)).containsExactly(2, 1);
  }

  @Test
  void another_separator_is_used_on_demand() {
    assertThat(read(PLAIN.withSeparator(';'), "\"a\";\"y\"\n5;\"no\"\n").inputs().row(0))
        .containsExactly(5f);
    assertThat(read(PLAIN.withSeparator('\t'), "5\t6\t0\n").inputs().row(0))
        .containsExactly(5f, 6f);
  }

  @Test
  void many_rows_are_read() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append(i % 16).append(",0.5,").append(i % 2).append('\n');
    }

    Examples read = read(PLAIN, text.toString());

    assertThat(read.count()).isEqualTo(5000);
    assertThat(read.inputs().row(4999)).containsExactly(4999 % 16, 0.5f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "NaN",
        "Infinity",
        "1f",
        "0x1p3",
        "1_000",
        "1,5x",
        "ten",
        "\u0661",
        "--1",
        "1e",
        "."
      })
  void values_that_are_no_numbers_are_refused(String value) {
    String field = value.replace(",", ".");
    refuses(
        PLAIN,
        "1,2,0\n3," + field + ",1\n",
        "row 2, column 2: values must be finite numbers, but this one was '" + field + "'");
  }

  @Test
  void values_outside_the_domain_are_refused() {
    refuses(
        PLAIN,
        "x,y,label\n1,2,0\n17,4,1\n",
        "row 3, column 1 (x): values must lie in [0.0, 16.0], but this one was 17");
    refuses(
        PLAIN,
        "1,1e999,0\n",
        "row 1, column 2: values must lie in [0.0, 16.0], but this one was 1e999");
  }

  @Test
  void every_column_is_held_against_its_own_range() {
    Domain domain = Domain.perFeature(List.of(new Range(0, 1), new Range(0, 16)));

    refuses(
        CsvFiles.labelInColumn(1, domain),
        "0,1,16\n1,2,16\n",
        "row 2, column 2: values must lie in [0.0, 1.0], but this one was 2");
  }

  @Test
  void a_domain_of_another_width_is_refused() {
    Domain domain = Domain.perFeature(List.of(Range.UNIT, Range.UNIT));

    refuses(
        CsvFiles.labelLast(domain),
        "1,0\n",
        "row 1: inputs must have 2 features like the domain, but have 1");
  }

  @Test
  void a_shape_of_another_size_is_refused() {
    refuses(
        PLAIN.withShape(Shape.of(1, 8, 8)),
        "1,2,0\n",
        "row 1: the shape 1x8x8 needs 64 columns beside the label, but there are 2");
  }

  @Test
  void rows_of_another_length_are_refused() {
    refuses(
        PLAIN,
        "1,2,0\n3,1\n",
        "row 2: every row must have 3 columns like row 1, but this one has 2");
    refuses(
        PLAIN,
        "1,2,0\n3,4,5,1\n",
        "row 2: every row must have 3 columns like row 1, but this one has 4");
  }

  @Test
  void an_empty_row_between_others_is_refused() {
    refuses(PLAIN, "1,2,0\n\n3,4,1\n", "row 2: the row is empty, but more rows follow");
  }

  @Test
  void a_table_without_rows_is_refused() {
    refuses(PLAIN, "", "row 1: there must be at least one row, but there is none");
    refuses(PLAIN, "\n\n", "row 1: there must be at least one row, but there is none");
    refuses(
        PLAIN, "a,b\n", "row 1: there must be a row of data below the header, but there is none");
  }

  @Test
  void a_single_column_is_refused() {
    refuses(
        PLAIN, "1\n", "row 1: there must be a label and a feature, but there is only one column");
  }

  @Test
  void a_missing_label_is_refused() {
    refuses(PLAIN, "1,2,0\n3,4,\n", "row 2: the label is missing");
  }

  @Test
  void labels_that_are_no_classes_are_refused() {
    refuses(PLAIN, "1,0\n2,-1\n", "row 2: labels must not be negative, but this one was -1");
    refuses(PLAIN, "1,0\n2,0.5\n", "row 2: labels must be whole numbers, but this one was 0.5");
    refuses(
        PLAIN, "1,0\n2,1e300\n", "row 2: labels must be below 1048576, but this one was 1.0E300");
  }

  @Test
  void a_gap_among_the_labels_is_refused() {
    refuses(
        PLAIN,
        "1,1\n2,2\n",
        "label column: numbers must be 0, 1, 2 and so on without a gap, but the largest is 2 and 0"
            + " is missing; declare the classes if that is meant");
  }

  @Test
  void numbers_and_names_are_not_mixed() {
    refuses(
        PLAIN,
        "1,0\n2,?\n",
        "row 2: labels must be all numbers or all names, and row 1 has '0', but this one was '?'");
  }

  @Test
  void a_label_that_was_not_declared_is_refused() {
    refuses(
        PLAIN.withClasses(List.of("no", "yes")),
        "1,no\n2,maybe\n",
        "row 2: labels must be among [no, yes], but this one was 'maybe'");
  }

  @Test
  void a_label_column_that_is_not_there_is_refused() {
    refuses(
        CsvFiles.labelInColumn(4, Domain.UNIT),
        "1,1,0\n",
        "row 1: the label must be in column 4, but there are 3 columns");
    refuses(
        CsvFiles.labelInColumn(-4, Domain.UNIT),
        "1,1,0\n",
        "row 1: the label must be in column -4, but there are 3 columns");
    refuses(
        CsvFiles.labelNamed("type", Domain.UNIT),
        "a,b\n1,0\n",
        "row 1: the header must have the column 'type' once, but is [a, b]");
    refuses(
        CsvFiles.labelNamed("a", Domain.UNIT),
        "a,a\n1,0\n",
        "row 1: the header must have the column 'a' once, but is [a, a]");
  }

  @Test
  void quotes_in_the_wrong_place_are_refused() {
    refuses(PLAIN, "1,a\"b\n", "row 1: a quote must not stand inside a field without quotes: a");
    refuses(PLAIN, "1,\"a\"b\n", "row 1: nothing may follow a closing quote: \"a\"");
    refuses(PLAIN, "1,0\n2,\"1\n3,0\n", "row 2: a quote is opened, but never closed");
  }

  @Test
  void a_field_longer_than_any_name_is_refused() {
    refuses(
        PLAIN,
        "1," + "x".repeat(1 << 20 | 1),
        "row 1: a field must have at most 1048576 characters, but one is longer");
  }

  @Test
  void text_that_is_not_utf_8_is_refused() {
    byte[] latin = "1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> PLAIN.read(new ByteArrayInputStream(latin), "resource"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "resource, near the beginning: the text must be UTF-8, but has bytes that are not");
  }

  @Test
  void gzip_that_ends_early_is_refused() {
    byte[] packed = gzip(utf8("1,2,0\n3,4,1\n"));
    byte[] cut = Arrays.copyOf(packed, packed.length - 5);

    assertThatThrownBy(() -> PLAIN.read(new ByteArrayInputStream(cut), "resource"))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "resource, (near the beginning|after row \\d): the packed data end early");
  }

  @Test
  void gzip_that_is_damaged_is_refused() {
    byte[] packed = gzip(utf8("1,2,0\n3,4,1\n"));
    packed[packed.length - 8] ^= 1;

    assertThatThrownBy(() -> PLAIN.read(new ByteArrayInputStream(packed), "resource"))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "resource, (near the beginning|after row \\d): the text cannot be read from here on:"
                + " Corrupt GZIP trailer");
  }

  @Test
  void a_missing_or_empty_file_is_refused() throws IOException {
    Path missing = folder.resolve("none.csv");
    Path empty = Files.createFile(folder.resolve("empty.csv"));

    assertThatThrownBy(() -> PLAIN.read(missing))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": there is no such file");
    assertThatThrownBy(() -> PLAIN.read(empty))
        .isInstanceOf(DataException.class)
        .hasMessage(empty + ": the file is empty");
  }

  @Test
  void senseless_formats_are_refused() {
    assertThatThrownBy(() -> CsvFiles.labelInColumn(0, Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the label column must be counted from 1, or from -1 backwards, but was 0");
    assertThatThrownBy(() -> PLAIN.withClasses(List.of("a", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("classes must be distinct and at least one, but were [a, a]");
  }

  private static void refuses(CsvFiles format, String text, String message) {
    assertThatThrownBy(() -> read(format, text))
        .isInstanceOf(DataException.class)
        .hasMessage("resource, " + message);
  }

  private static Examples read(CsvFiles format, String text) {
    return format.read(new ByteArrayInputStream(utf8(text)), "resource");
  }

  private static int[] labels(Examples examples) {
    int[] labels = new int[examples.count()];
    Arrays.setAll(labels, examples.labels()::atRow);
    return labels;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return packed.toByteArray();
  }
}
