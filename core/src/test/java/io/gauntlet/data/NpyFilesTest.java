package io.gauntlet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.model.Domain;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFilesTest {
  private static final Range WIDE = new Range(-1e20f, 1e20f);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"f2", "f2_big", "f4", "f4_big", "f8", "f8_big"})
  void fractions_of_every_type_are_read(String type) throws IOException {
    Examples read = read(type);

    assertThat(read.shape()).isEqualTo(Shape.of(3));
    assertThat(read.inputs().row(0)).containsExactly(0f, 1f, 2f);
    assertThat(read.inputs().row(1)).containsExactly(3f, 0.5f, 5f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i1", "i2", "i2_big", "i4", "i4_big", "i8", "i8_big", "u1", "u2", "u2_big", "u4", "u4_big",
        "u8", "u8_big"
      })
  void whole_numbers_of_every_type_are_read(String type) throws IOException {
    Examples read = read(type);

    assertThat(read.inputs().row(0)).containsExactly(0f, 1f, 2f);
    assertThat(read.inputs().row(1)).containsExactly(3f, 4f, 5f);
  }

  @Test
  void booleans_are_0_and_1() throws IOException {
    Examples read = read("b1");

    assertThat(read.inputs().row(0)).containsExactly(0f, 1f, 1f);
    assertThat(read.inputs().row(1)).containsExactly(1f, 0f, 0f);
  }

  @Test
  void a_column_major_array_is_transposed() throws IOException {
    Examples read = read("column_major");

    assertThat(read.shape()).isEqualTo(Shape.of(3, 4));
    assertThat(read.inputs().row(0))
        .containsExactly(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f);
    assertThat(read.inputs().row(1))
        .containsExactly(12f, 13f, 14f, 15f, 16f, 17f, 18f, 19f, 20f, 21f, 22f, 23f);
  }

  @Test
  void the_edges_of_half_precision_are_read() throws IOException {
    Examples read = NpyFiles.read(NumpyWrote.array(folder, "f2_edges"), oneLabel(), WIDE);

    assertThat(read.inputs().row(0)).containsExactly(0x1p-24f, 65504f, -2f, 0x1.554p-2f);
  }

  @Test
  void signs_of_both_kinds_of_bytes_are_kept() throws IOException {
    assertThat(one("negative")).containsExactly(-1f, -128f);
    assertThat(one("u8_large")).containsExactly(0x1p64f, 0x1p63f);
  }

  @Test
  void labels_may_be_a_column_or_whole_fractions() throws IOException {
    Path x = NumpyWrote.array(folder, "f4");
    for (String labels : List.of("labels", "labels_in_a_column", "labels_as_floats")) {
      Examples read = NpyFiles.read(x, NumpyWrote.array(folder, labels), WIDE);

      assertThat(read.labels().atRow(0)).isZero();
      assertThat(read.labels().atRow(1)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void every_version_of_the_format_is_read(int version) throws IOException {
    Path x = npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n", 1, 2);

    assertThat(NpyFiles.read(x, oneLabel(), WIDE).inputs().row(0)).containsExactly(1f, 2f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"shape\":(1,2),\"fortran_order\":False,\"descr\":\"<f4\"}",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2,)}      ",
        "  { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 ) , }  \n"
      })
  void the_order_the_quotes_and_the_blanks_of_a_header_are_free(String header) throws IOException {
    assertThat(NpyFiles.read(npy(1, header, 1, 2), oneLabel(), WIDE).inputs().row(0))
        .containsExactly(1f, 2f);
  }

  @Test
  void values_of_f4_are_kept_bit_by_bit() throws IOException {
    float[] values = {-0f, Float.MIN_VALUE, 0.1f, Math.nextDown(1f)};
    Path x = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4)}", values);

    float[] read = NpyFiles.read(x, oneLabel(), Range.UNIT).inputs().row(0);

    for (int i = 0; i < values.length; i++) {
      assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(Float.floatToRawIntBits(values[i]));
    }
  }

  @Test
  void arrays_longer_than_one_read_are_joined() throws IOException {
    float[] values = new float[3 * 20_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Path x = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 60003)}", values);

    assertThat(NpyFiles.read(x, oneLabel(), WIDE).inputs().row(0)).containsExactly(values);
  }

  @Test
  void values_outside_the_range_are_refused() throws IOException {
    Path x = NumpyWrote.array(folder, "f8_big");
    Path y = NumpyWrote.array(folder, "labels");

    assertThatThrownBy(() -> NpyFiles.read(x, y, new Range(0f, 2f)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            x
                + ", byte 152: example 1, feature 0: values must lie in [0.0, 2.0], but this one"
                + " was 3.0");
  }

  @Test
  void each_feature_is_held_against_its_own_range() throws IOException {
    Path x = NumpyWrote.array(folder, "f4");
    Path y = NumpyWrote.array(folder, "labels");
    Domain fits = Domain.perFeature(List.of(new Range(0, 3), new Range(0, 1), new Range(2, 5)));
    Domain tight = Domain.perFeature(List.of(new Range(0, 3), new Range(0, 1), new Range(2, 4)));

    assertThat(NpyFiles.read(x, y, fits).count()).isEqualTo(2);
    assertThatThrownBy(() -> NpyFiles.read(x, y, tight))
        .isInstanceOf(DataException.class)
        .hasMessage(
            x
                + ", byte 148: example 1, feature 2: values must lie in [2.0, 4.0], but this one"
                + " was 5.0");
  }

  @Test
  void a_domain_of_another_width_is_refused() throws IOException {
    Path x = NumpyWrote.array(folder, "f4");
    Path y = NumpyWrote.array(folder, "labels");
    Domain two = Domain.perFeature(List.of(Range.UNIT, Range.UNIT));

    assertThatThrownBy(() -> NpyFiles.read(x, y, two))
        .isInstanceOf(DataException.class)
        .hasMessage(x + ", byte 128: inputs must have 2 features like the domain, but have 3");
  }

  @Test
  void the_place_of_a_bad_value_is_right_in_a_column_major_array() throws IOException {
    Path x = NumpyWrote.array(folder, "column_major");
    Path y = NumpyWrote.array(folder, "labels");

    // stored 0 12 4 16 8 20 1 13 ...: 16 is the first beyond 15
    assertThatThrownBy(() -> NpyFiles.read(x, y, new Range(0f, 15f)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            x
                + ", byte 140: example 1, feature 4: values must lie in [0.0, 15.0], but this one"
                + " was 16.0");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void values_that_are_not_finite_are_refused(float value) throws IOException {
    refuses(
        npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}", 1, value),
        ", byte 71: example 0, feature 1: values must lie in [-1.0E20, 1.0E20], but this one was "
            + value);
  }

  @Test
  void an_f8_beyond_floats_is_refused_with_its_own_value() throws IOException {
    byte[] header = NpyHeader.write("<f8", "1, 1");
    Path x =
        Files.write(
            folder.resolve("large.npy"),
            ByteBuffer.allocate(header.length + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(header)
                .putDouble(1e300)
                .array());

    refuses(
        x,
        ", byte 128: example 0, feature 0: values must lie in [-1.0E20, 1.0E20], but this one was"
            + " 1.0E300");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "complex", "objects"})
  void other_types_are_refused(String type) throws IOException {
    assertThatThrownBy(() -> read(type))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            ".*, byte 20: the numpy header must have one of the types b1, f2, f4, f8, i1, i2, i4,"
                + " i8, u1, u2, u4, u8, with < or > before it, but found '(<U1|<c16|\\|O)'");
  }

  @Test
  void named_fields_are_refused() throws IOException {
    refuses(
        NumpyWrote.array(folder, "fields"),
        ", byte 20: the numpy header must have one number type, but the array has named fields");
  }

  @Test
  void inputs_without_features_or_examples_are_refused() throws IOException {
    refuses(
        NumpyWrote.array(folder, "no_rows"),
        ", byte 128: an array must have from 1 to 2147483639 values, but the header claims the"
            + " shape (0, 3)");
    Path x = NumpyWrote.array(folder, "labels");
    assertThatThrownBy(() -> NpyFiles.read(x, x, WIDE))
        .isInstanceOf(DataException.class)
        .hasMessage(
            x
                + ", byte 128: inputs need an axis of examples and at least one of features, but"
                + " the shape is (2)");
    refuses(
        NumpyWrote.array(folder, "scalar"),
        ", byte 128: inputs need an axis of examples and at least one of features, but the shape"
            + " is ()");
  }

  @Test
  void labels_that_are_no_classes_are_refused() throws IOException {
    refusesLabel(-1, "labels must not be negative, but this one was -1");
    refusesLabel(0.5f, "labels must be whole numbers, but this one was 0.5");
    refusesLabel(Float.NaN, "labels must be whole numbers, but this one was NaN");
    refusesLabel(2e9f, "labels must be below 1048576, but this one was 2000000000");
    refusesLabel(
        Float.POSITIVE_INFINITY, "labels must be below 1048576, but this one was Infinity");
  }

  @Test
  void labels_of_another_number_are_refused() throws IOException {
    Path x = NumpyWrote.array(folder, "f4");
    Path y = oneLabel();

    assertThatThrownBy(() -> NpyFiles.read(x, y, WIDE))
        .isInstanceOf(DataException.class)
        .hasMessage(
            y
                + ", byte 128: every example needs one label, so labels must have the shape (2), but"
                + " have (1)");
  }

  @Test
  void one_hot_labels_are_refused() throws IOException {
    Path x = NumpyWrote.array(folder, "f4");

    assertThatThrownBy(() -> NpyFiles.read(x, x, WIDE))
        .isInstanceOf(DataException.class)
        .hasMessage(
            x
                + ", byte 128: every example needs one label, so labels must have the shape (2), but"
                + " have (2, 3)");
  }

  @Test
  void a_file_that_is_not_numpys_is_refused() throws IOException {
    Path x = Files.writeString(folder.resolve("x.npy"), "PK not numpy");

    refuses(x, ", byte 0: a numpy array must begin with \\x93NUMPY, but this does not");
  }

  @Test
  void another_version_is_refused() throws IOException {
    refuses(
        npy(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}", 1, 2),
        ", byte 6: the format version must be 1.0, 2.0 or 3.0, but was 4.0");
  }

  @Test
  void a_header_of_two_gigabytes_is_refused_unread() throws IOException {
    byte[] bytes = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, 0x7f};
    Path x = Files.write(folder.resolve("x.npy"), bytes);

    refuses(x, ", byte 8: the numpy header must have at most 10000 bytes, but claims 2147483647");
  }

  @Test
  void a_cut_off_header_is_refused() throws IOException {
    byte[] bytes = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0, '{'};
    Path x = Files.write(folder.resolve("x.npy"), bytes);

    refuses(
        x,
        ", byte 11: the file ends inside the numpy header, of which 117 more bytes were expected");
  }

  @Test
  void cut_off_values_are_refused_by_the_claim() throws IOException {
    refuses(
        npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3)}", 1, 2),
        ", byte 67: the header claims the shape (1, 3), which are 12 bytes, but at most 8 follow");
  }

  @Test
  void values_beyond_the_shape_are_refused() throws IOException {
    refuses(
        npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}", 1, 2),
        ", byte 71: the file must end after the array, but more bytes follow");
  }

  @Test
  void a_shape_that_overflows_is_refused() throws IOException {
    refuses(
        npy(
            1,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647,"
                + " 4)}"),
        ", byte 100: an array must have from 1 to 2147483639 values, but the header claims the"
            + " shape (2147483647, 2147483647, 2147483647, 4)");
    refuses(
        npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}"),
        ", byte 61: the numpy header must have axes of at most 2147483647, but one is longer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@@ byte 10: the numpy header must have {, but it ends there",
        "[] @@ byte 10: the numpy header must have {, but found '['",
        "{'descr': __import__('os')} @@ byte 20: the numpy header must have a quoted text, but"
            + " found '_'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1+1)} @@ byte 65: the numpy header"
            + " must have ), but found '+'",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 2)} @@ byte 44: the numpy header must"
            + " have False, but found '0'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2)} @@ byte 61: the numpy header"
            + " must have the length of an axis, but found '-'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [1, 2]} @@ byte 60: the numpy header"
            + " must have (, but found '['",
        "{'descr': '=f4', 'fortran_order': False, 'shape': (1, 2)} @@ byte 20: the numpy header"
            + " must have one of the types b1, f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, with <"
            + " or > before it, but found '=f4'",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (1, 2)} @@ byte 27: the numpy header must have"
            + " descr, fortran_order and shape, each once, but found 'descr'",
        "{'descr': '<f4', 'fortran_order': False} @@ byte 10: the numpy header must have descr,"
            + " fortran_order and shape, each once, but one is missing",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2) @@ byte 66: the numpy header must"
            + " have }, but it ends there",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}# @@ byte 67: the numpy header"
            + " must have nothing but blanks after the closing brace",
        "{'descr @@ byte 11: the numpy header must have a quoted text, but found '''"
      })
  void a_header_that_is_not_numpys_is_refused(String headerAndMessage) throws IOException {
    String[] parts = headerAndMessage.split(" ?@@ ", -1);

    refuses(npy(1, parts[0], 1, 2), ", " + parts[1]);
  }

  private void refuses(Path x, String message) throws IOException {
    Path y = oneLabel();

    assertThatThrownBy(() -> NpyFiles.read(x, y, WIDE))
        .isInstanceOf(DataException.class)
        .hasMessage(x + message);
  }

  private void refusesLabel(float label, String rule) throws IOException {
    Path x = NumpyWrote.array(folder, "f4");
    Path y = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 0, label);

    assertThatThrownBy(() -> NpyFiles.read(x, y, WIDE))
        .isInstanceOf(DataException.class)
        .hasMessage(y + ", byte 69: example 1: " + rule);
  }

  private Examples read(String array) throws IOException {
    Path labels = NumpyWrote.array(folder, "labels");
    return NpyFiles.read(NumpyWrote.array(folder, array), labels, WIDE);
  }

  private float[] one(String array) throws IOException {
    return NpyFiles.read(NumpyWrote.array(folder, array), oneLabel(), WIDE).inputs().row(0);
  }

  private Path oneLabel() throws IOException {
    byte[] header = NpyHeader.write("|u1", "1,");
    return Files.write(
        folder.resolve("one-label.npy"),
        ByteBuffer.allocate(header.length + 1).put(header).array());
  }

  private Path npy(int version, String header, float... values) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes =
        ByteBuffer.allocate(12 + text.length + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text);
    for (float value : values) {
      bytes.putFloat(value);
    }
    byte[] written = new byte[bytes.position()];
    bytes.flip().get(written);
    return Files.write(folder.resolve("v" + version + ".npy"), written);
  }
}
