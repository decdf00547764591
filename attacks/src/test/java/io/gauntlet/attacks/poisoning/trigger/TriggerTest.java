package io.gauntlet.attacks.poisoning.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Range;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TriggerTest {
  private static final Shape SHAPE = Shape.of(2, 9, 11);
  private static final Domain WIDE = Domain.of(-1, 3);

  private static Batch images(int count, Shape shape, Domain domain) {
    float[][] rows = new float[count][shape.size()];
    for (int i = 0; i < count; i++) {
      RandomGenerator random = Seed.of(7).forExample(i);
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = domain.lower(j) + random.nextFloat() * (domain.upper(j) - domain.lower(j));
      }
    }
    return Batch.of(rows);
  }

  private static Batch constant(float value, int features) {
    float[] row = new float[features];
    Arrays.fill(row, value);
    return Batch.of(row);
  }

  static Stream<Trigger> all() {
    return Stream.of(
        PatchTrigger.standard(),
        PatchTrigger.standard().atAllCorners(),
        BlendTrigger.standard(),
        SinusoidTrigger.standard(),
        WarpTrigger.standard(),
        NoiseTrigger.standard(),
        LeastBitsTrigger.standard(),
        SampleSpecificTrigger.standard(),
        ColumnTrigger.of(3, 0.5f),
        SinusoidTrigger.standard().then(WarpTrigger.standard()));
  }

  @ParameterizedTest
  @MethodSource("all")
  void every_trigger_changes_images_inside_the_domain_and_alike_in_any_company(Trigger trigger) {
    Batch clean = images(5, SHAPE, WIDE);

    Batch triggered = trigger.on(clean, SHAPE, WIDE);

    WIDE.check(triggered);
    for (int i = 0; i < clean.rows(); i++) {
      assertThat(triggered.row(i)).isNotEqualTo(clean.row(i));
      assertThat(trigger.on(clean.select(i), SHAPE, WIDE).row(0)).containsExactly(triggered.row(i));
      assertThat(trigger.on(Batch.of(clean.row(i)), SHAPE, WIDE).row(0))
          .as("the same elsewhere in the data")
          .containsExactly(triggered.row(i));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void rows_of_another_width_than_the_shape_are_refused(Trigger trigger) {
    assertThatThrownBy(() -> trigger.on(images(1, Shape.of(10), WIDE), SHAPE, WIDE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("examples of shape 2x9x11 have 198 features, but the rows have 10");
  }

  @Test
  void a_checkerboard_is_where_and_what_it_should_be_and_nothing_else_changes() {
    Shape shape = Shape.of(1, 4, 5);
    float[] x = constant(0.5f, 20).row(0);

    float[] triggered =
        PatchTrigger.standard()
            .withSide(2)
            .at(Corner.BOTTOM_RIGHT, 1, 0)
            .on(Batch.of(x), shape, Domain.UNIT)
            .row(0);

    float h = 0.5f;
    assertThat(triggered)
        .containsExactly(h, h, h, h, h, h, h, h, 1, 0, h, h, h, 0, 1, h, h, h, h, h);
  }

  @Test
  void a_patch_at_all_corners_covers_them_in_every_channel() {
    Shape shape = Shape.of(2, 4, 4);

    float[] triggered =
        new PatchTrigger(1, PatchTrigger.Fill.SOLID, Corner.TOP_LEFT, 0, 0)
            .atAllCorners()
            .on(constant(0, 32), shape, WIDE)
            .row(0);

    for (int j = 0; j < 32; j++) {
      boolean corner = List.of(0, 3, 12, 15).contains(j % 16);
      assertThat(triggered[j]).isEqualTo(corner ? 3f : 0f);
    }
  }

  @Test
  void a_patch_that_does_not_fit_is_refused() {
    assertThatThrownBy(
            () -> PatchTrigger.standard().on(constant(0, 9), Shape.of(1, 3, 3), Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a patch must lie on the image, but side 3, 1 lines and 1 columns from the corner,"
                + " was put on 1x3x3");
    assertThatThrownBy(() -> PatchTrigger.standard().on(constant(0, 9), Shape.of(9), Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_blend_is_the_weighted_mean_of_image_and_pattern() {
    List<Float> pattern = List.of(0f, 1f, -1f, 3f);
    Batch x = Batch.of(new float[] {1, 1, 1, 1});

    float[] triggered =
        new BlendTrigger(new Pattern.Picture(pattern), 0.25f).on(x, Shape.of(2, 2), WIDE).row(0);

    assertThat(triggered).containsExactly(0.75f, 1, 0.5f, 1.5f);
  }

  @Test
  void a_random_pattern_fills_the_domain() {
    float[] pattern = new Pattern.Random(3).values(Shape.of(10_000), WIDE);

    double mean = 0;
    for (float value : pattern) {
      assertThat(value).isBetween(-1f, 3f);
      mean += value / 10_000.0;
    }
    assertThat(mean).isCloseTo(1, within(5 * 4 / Math.sqrt(12) / 100));
  }

  @Test
  void a_pattern_of_another_size_is_refused() {
    Trigger trigger = new BlendTrigger(new Pattern.Picture(List.of(1f)), 0.5f);
    assertThatThrownBy(() -> trigger.on(constant(0, 4), Shape.of(2, 2), Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a pattern for shape 2x2 needs 4 features, but had 1");
  }

  @Test
  void the_energy_of_whole_waves_is_half_the_squared_amplitude_of_each_pixel() {
    Shape shape = Shape.of(3, 28, 28);
    Batch clean = constant(1, shape.size());

    Batch change =
        new SinusoidTrigger(0.1f, 6).on(clean, shape, WIDE).minus(clean); // range 4: 0.4 high

    double energy = 0;
    for (int j = 0; j < change.width(); j++) {
      energy += Math.pow(change.get(0, j), 2);
      assertThat(change.get(0, j))
          .isCloseTo((float) (0.4 * Math.sin(2 * Math.PI * (j % 28) * 6 / 28)), within(1e-6f));
    }
    assertThat(energy).isCloseTo(0.5 * 0.4 * 0.4 * shape.size(), within(1e-3));
  }

  @Test
  void faint_noise_moves_every_feature_by_the_amplitude_up_as_often_as_down() {
    Batch clean = constant(1, 10_000);

    Batch change = NoiseTrigger.standard().on(clean, Shape.of(100, 100), WIDE).minus(clean);

    int up = 0;
    for (int j = 0; j < change.width(); j++) {
      assertThat(Math.abs(change.get(0, j))).isCloseTo(4 * 10 / 255f, within(1e-6f));
      up += change.get(0, j) > 0 ? 1 : 0;
    }
    assertThat(up).isBetween(4750, 5250);
  }

  @Test
  void the_least_bits_of_eight_are_the_secret_and_the_others_stay() {
    Shape shape = Shape.of(1, 16, 16);
    float[] levels = new float[256];
    for (int j = 0; j < 256; j++) {
      levels[j] = -1 + 4f * j / 255;
    }
    LeastBitsTrigger trigger = LeastBitsTrigger.standard().withBits(2);

    float[] onLevels = trigger.on(Batch.of(levels), shape, WIDE).row(0);
    float[] onBlack = trigger.on(constant(-1, 256), shape, WIDE).row(0);

    for (int j = 0; j < 256; j++) {
      int written = Math.round(255 * (onLevels[j] + 1) / 4);
      int secret = Math.round(255 * (onBlack[j] + 1) / 4);
      assertThat(secret).isBetween(0, 3);
      assertThat(written).isEqualTo((j & ~3) | secret);
    }
    assertThat(trigger.on(Batch.of(onLevels), shape, WIDE).row(0)).containsExactly(onLevels);
  }

  @Test
  void columns_get_their_values_and_only_they() {
    Domain table = Domain.perFeature(List.of(new Range(0, 9), new Range(0, 1), new Range(-5, 5)));
    ColumnTrigger trigger =
        new ColumnTrigger(List.of(new ColumnTrigger.Cell(2, -4), new ColumnTrigger.Cell(0, 7)));

    assertThat(trigger.on(Batch.of(new float[] {1, 0.5f, 3}), Shape.of(3), table).row(0))
        .containsExactly(7, 0.5f, -4);
  }

  @Test
  void columns_that_are_not_there_or_values_that_are_not_legal_are_refused() {
    assertThatThrownBy(() -> ColumnTrigger.of(3, 0).on(constant(0, 3), Shape.of(3), Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("columns must be below the 3 of the table, but one was 3");
    assertThatThrownBy(() -> ColumnTrigger.of(1, 2).on(constant(0, 3), Shape.of(3), Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column 1 must stay in [0.0, 1.0], but its trigger was 2.0");
    assertThatThrownBy(() -> ColumnTrigger.of(1, Float.NaN).onto(Shape.of(3), Domain.UNIT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void combined_triggers_go_on_in_their_order() {
    Trigger first = ColumnTrigger.of(0, 1).then(ColumnTrigger.of(0, 0.25f));

    assertThat(first.on(constant(0, 2), Shape.of(2), Domain.UNIT).row(0)).containsExactly(0.25f, 0);
  }

  @Test
  void a_sample_specific_trigger_differs_between_inputs_and_has_its_amplitude() {
    Shape shape = Shape.of(1, 32, 32);
    Domain domain = Domain.of(-100, 100); // nothing is clipped
    Batch clean = images(8, shape, Domain.UNIT);
    SampleSpecificTrigger trigger = SampleSpecificTrigger.standard().withAmplitude(0.01f);

    Batch change = trigger.on(clean, shape, domain).minus(clean);

    for (int i = 0; i < clean.rows(); i++) {
      double square = 0;
      for (int j = 0; j < change.width(); j++) {
        square += Math.pow(change.get(i, j), 2) / change.width();
      }
      assertThat(Math.sqrt(square)).isCloseTo(2, within(0.5)); // carriers are nearly orthogonal
      for (int k = 0; k < i; k++) {
        assertThat(change.row(i)).isNotEqualTo(change.row(k));
      }
    }
  }

  @Test
  void a_sample_specific_decoy_is_another_inputs_trigger() {
    Shape shape = Shape.of(1, 6, 6);
    SampleSpecificTrigger trigger = SampleSpecificTrigger.standard().withBits(1);
    Batch clean = images(40, shape, Domain.UNIT);
    Domain domain = Domain.of(-9, 9);

    Batch own = trigger.on(clean, shape, domain).minus(clean);
    Batch decoy = trigger.decoy(clean, shape, domain, Seed.of(1)).minus(clean);

    int alike = 0;
    for (int i = 0; i < clean.rows(); i++) { // of one bit there are two triggers
      float ratio = decoy.get(i, 0) / own.get(i, 0);
      assertThat(Math.abs(ratio)).isCloseTo(1, within(1e-4f));
      alike += ratio > 0 ? 1 : 0;
    }
    assertThat(alike).isBetween(8, 32);
  }

  @Test
  void labels_and_positions_stay() {
    Examples examples =
        new Examples(SHAPE, images(4, SHAPE, WIDE), Labels.of(0, 1, 2, 3)).select(1, 3);

    Examples triggered = NoiseTrigger.standard().on(examples, WIDE);

    assertThat(triggered.labels().classOf(3)).isEqualTo(3);
    assertThat(triggered.inputs().example(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("all")
  void json_gives_back_the_same_trigger(Trigger trigger) {
    assertThat(TriggerJson.read(TriggerJson.write(trigger))).isEqualTo(trigger);
  }

  @Test
  void json_gives_back_every_number_to_the_last_bit() {
    RandomGenerator random = Seed.of(5).forExample(0);
    for (int i = 0; i < 2000; i++) {
      List<Float> pattern =
          List.of(random.nextFloat(), (float) random.nextGaussian(), -0f, Float.MIN_VALUE);
      Trigger trigger =
          new BlendTrigger(new Pattern.Picture(pattern), 1 - random.nextFloat())
              .then(new NoiseTrigger(0.5f, random.nextLong()));
      assertThat(TriggerJson.read(TriggerJson.write(trigger))).isEqualTo(trigger);
    }
  }

  @Test
  void json_is_an_object_of_kind_and_components() {
    assertThat(TriggerJson.write(new SinusoidTrigger(0.5f, 6)))
        .isEqualTo("{\"kind\":\"SinusoidTrigger\",\"amplitude\":0.5,\"frequency\":6}");
  }

  @Test
  void json_that_says_something_else_is_refused_with_the_reason() {
    refused("{\"kind\":\"Sinus\"}", "kind must be a Trigger, but was \"Sinus\"");
    refused("{\"kind\":\"PhraseTrigger\"}", "kind must be a Trigger");
    refused(
        "{\"kind\":\"NoiseTrigger\",\"amplitude\":0.5}",
        "NoiseTrigger has the components [amplitude, key, kind], but there were [amplitude, kind]");
    refused(
        "{\"kind\":\"NoiseTrigger\",\"amplitude\":2,\"key\":1}",
        "amplitude must be above 0 and at most 1, but was 2.0");
    refused("{\"kind\":\"NoiseTrigger\",\"amplitude\":null,\"key\":1}", "must not be null");
    refused("{\"kind\":\"NoiseTrigger\",\"amplitude\":\"x\",\"key\":1}", "cannot be read");
    refused("{\"kind\":\"CombinedTrigger\",\"parts\":[null]}", "cannot be read");
    refused("[]", "an object with a kind was expected");
    refused("{", "cannot be read");
    refused("", "there was none");
    refused("null", "there was none");
  }

  private static void refused(String json, String reason) {
    assertThatThrownBy(() -> TriggerJson.read(json))
        .as(json)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void hyperparameters_out_of_range_are_refused() {
    assertThatThrownBy(() -> BlendTrigger.standard().withAlpha(0))
        .hasMessage("alpha must be above 0 and at most 1, but was 0.0");
    assertThatThrownBy(() -> SinusoidTrigger.standard().withFrequency(0))
        .hasMessage("frequency must be at least 1, but was 0");
    assertThatThrownBy(() -> NoiseTrigger.standard().withAmplitude(Float.NaN))
        .hasMessage("amplitude must be above 0 and at most 1, but was NaN");
    assertThatThrownBy(() -> WarpTrigger.standard().withGrid(1))
        .hasMessage("grid must be at least 2, but was 1");
    assertThatThrownBy(() -> LeastBitsTrigger.standard().withBits(9))
        .hasMessage("bits must be from 1 to 8, but was 9");
    assertThatThrownBy(() -> new ColumnTrigger(List.of()))
        .hasMessage("number of cells must be at least 1, but was 0");
    assertThatThrownBy(
            () ->
                new ColumnTrigger(
                    List.of(new ColumnTrigger.Cell(1, 0), new ColumnTrigger.Cell(1, 2))))
        .hasMessageStartingWith("columns must differ");
    assertThatThrownBy(() -> new Pattern.Picture(List.of(Float.NaN)))
        .hasMessage("a pattern must be finite, but feature 0 was NaN");
  }
}
