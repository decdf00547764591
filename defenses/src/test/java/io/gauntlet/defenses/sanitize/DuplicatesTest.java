package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.random.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplicatesTest {
  private static final int PAIRS = 400;

  @TempDir Path folder;

  private IngestionReport run(String csv, Stage... stages) throws IOException {
    Source source = Runs.csv(folder.resolve("rows.csv"), csv);
    return Pipeline.of(stages).run(List.of(source), folder.resolve("run"));
  }

  @Test
  void repeats_are_told_from_contradictions_and_the_first_row_stays() throws IOException {
    Schema schema = Schema.of(Column.text("a", 9), Column.text("b", 9), Column.text("label", 9));
    run("a,b,label\nx,yz,0\nxy,z,0\nx,yz,0\nx,yz,1\n", ExactDuplicates.of(schema, "label"));
    assertThat(Runs.quarantined(folder.resolve("run")))
        .containsExactly("4 duplicates: duplicate", "5 duplicates: contradiction");
  }

  @Test
  void memory_of_exact_rows_is_bounded_and_what_it_forgot_is_noted() throws IOException {
    IngestionReport report =
        run("a\n1\n2\n1\n3\n1\n2\n", ExactDuplicates.of("a").withRemembered(2));
    // 1 2 [1] 3 (forgets 1) 1 (forgets 2) 2 (forgets 3)
    assertThat(Runs.quarantined(folder.resolve("run"))).containsExactly("4 duplicates: duplicate");
    assertThat(report.stages().get(1).notes())
        .containsExactly(
            "each row was compared with the latest 2 different rows;"
                + " 3 earlier ones were forgotten");
  }

  @Test
  void sketches_agree_in_the_resemblance_of_the_texts() {
    MinHash minHash = new MinHash(4_000, 5, Seed.of(1));
    RandomGenerator random = Seed.of(2).forExample(0);
    for (double changed : new double[] {0, 0.05, 0.2, 0.5, 1}) {
      String text = sentence(random, 60);
      String other = reworded(text, changed, random);
      double exact = Shingles.jaccard(text, other);
      // five standard errors
      assertThat(MinHash.agreement(minHash.sketch(text), minHash.sketch(other)))
          .isCloseTo(exact, within(5 * Math.sqrt(exact * (1 - exact) / 4_000) + 1e-9));
    }
  }

  @Test
  void texts_of_nearly_the_same_words_are_found_and_others_are_not() {
    RandomGenerator random = Seed.of(3).forExample(0);
    Inspection near = NearDuplicateTexts.standard("text", Seed.of(4)).begin(new NoRows());
    int repeats = 0;
    int found = 0;
    int accused = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      String text = sentence(random, 40);
      String copy = reworded(text, 0.02, random);
      accused += isStopped(near, "text", text) ? 1 : 0;
      if (Shingles.jaccard(text, copy)
          >= 0.88) { // two and a half standard errors above the threshold
        repeats++;
        found += isStopped(near, "text", copy) ? 1 : 0;
      }
    }
    assertThat(repeats).isGreaterThan(PAIRS / 4);
    assertThat((double) found / repeats).isGreaterThanOrEqualTo(0.98);
    assertThat(accused).isZero();
  }

  @Test
  void case_blanks_and_compatible_letters_hide_no_repeat() {
    Inspection near = NearDuplicateTexts.standard("text", Seed.of(4)).begin(new NoRows());
    assertThat(isStopped(near, "text", "win a prize now, call the number below")).isFalse();
    assertThat(isStopped(near, "text", "WIN  a\tｐｒｉｚｅ now, call the number below")).isTrue();
    assertThat(isStopped(near, "text", "see you at the station at nine")).isFalse();
  }

  @Test
  void vectors_within_the_radius_are_found_and_none_beyond_it() {
    int width = 8;
    List<String> columns = IntStream.range(0, width).mapToObj(i -> "x" + i).toList();
    RandomGenerator random = Seed.of(5).forExample(0);
    Inspection near = NearDuplicateVectors.standard(columns, 0.1f, Seed.of(6)).begin(new NoRows());
    int found = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      double[] vector = random.doubles(width, 0, 1_000).toArray();
      double[] direction =
          IntStream.range(0, width).mapToDouble(i -> random.nextGaussian()).toArray();
      assertThat(isStopped(near, vector)).isFalse();
      found += isStopped(near, moved(vector, direction, 0.0999)) ? 1 : 0;
      double[] other = random.doubles(width, 0, 1_000).toArray();
      assertThat(isStopped(near, other)).isFalse();
      assertThat(isStopped(near, moved(other, direction, 0.1001))).isFalse();
    }
    // 1 - (1 - p^4)^10 with p of Datar et al. for a cell of four radii, less three standard errors
    double p = collision(4);
    double recall = 1 - Math.pow(1 - Math.pow(p, 4), 10);
    assertThat(p).isCloseTo(0.8, within(0.001));
    assertThat((double) found / PAIRS)
        .isGreaterThanOrEqualTo(recall - 3 * Math.sqrt(recall * (1 - recall) / PAIRS));
  }

  @Test
  void columns_are_measured_in_their_standard_deviations() throws IOException {
    run(
        "a,b\n1000,0.001\n2000,0.002\n3000,0.003\n1001,0.001\n1000,0.0019\n",
        NearDuplicateVectors.standard(List.of("a", "b"), 0.1f, Seed.of(1)));
    assertThat(Runs.quarantined(folder.resolve("run")))
        .containsExactly("5 near-duplicate-vectors: near-duplicate");
  }

  /** Section 3.2 of Datar et al., for a distance of one radius. */
  private static double collision(double cell) {
    double tail = Erf.erfc(cell / Math.sqrt(2)) / 2; // of a Gaussian
    return 1 - 2 * tail - 2 / (Math.sqrt(2 * Math.PI) * cell) * (1 - Math.exp(-cell * cell / 2));
  }

  private static double[] moved(double[] from, double[] direction, double by) {
    double norm = 0;
    for (double d : direction) {
      norm += d * d;
    }
    double[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      to[i] += by * direction[i] / Math.sqrt(norm);
    }
    return to;
  }

  private static String sentence(RandomGenerator random, int words) {
    return IntStream.range(0, words).mapToObj(i -> word(random)).collect(Collectors.joining(" "));
  }

  private static String word(RandomGenerator random) {
    return random
        .ints(3 + random.nextInt(5), 'a', 'z' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String reworded(String text, double share, RandomGenerator random) {
    return Arrays.stream(text.split(" "))
        .map(word -> random.nextDouble() < share ? word(random) : word)
        .collect(Collectors.joining(" "));
  }

  private static boolean isStopped(Inspection inspection, String column, String text) {
    return inspection.examine(NoRows.row(Map.of(column, text))).isPresent();
  }

  private static boolean isStopped(Inspection inspection, double[] vector) {
    Optional<Reason> reason =
        inspection.examine(
            NoRows.row(
                IntStream.range(0, vector.length)
                    .boxed()
                    .collect(
                        Collectors.toMap(
                            i -> "x" + i, i -> String.format(Locale.ROOT, "%.12f", vector[i])))));
    return reason.isPresent();
  }
}
