package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attack.Attack;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.threat.ThreatModel;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final ThreatModel QUARTER = ThreatModel.linf(0.25f);
  private static final Examples FIVE = Threshold.right(0.1f, 0.4f, 0.45f, 0.9f, 0.7f);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name_the_file() {
    file = folder.resolve("run.checkpoint");
  }

  private Robustness<DifferentiableModel> robustness() {
    return with(List.of(Attempt.ask(2, 0.25f), Attempt.look(-0.25f)));
  }

  private Robustness<DifferentiableModel> with(List<Attack<? super DifferentiableModel>> attacks) {
    return Robustness.of(Threshold.MODEL)
        .under(QUARTER)
        .attackedBy(attacks)
        .withBatch(2)
        .withCheckpoint(file);
  }

  private void assertRefused(Robustness<?> robustness, Examples examples, String message) {
    assertThatThrownBy(() -> robustness.evaluate(examples))
        .isExactlyInstanceOf(CheckpointException.class)
        .hasMessage(message);
  }

  @Test
  void a_finished_run_is_read_back_without_asking_for_anything_but_caveats() {
    RobustnessReport first = robustness().evaluate(FIVE);
    List<Progress.Step> steps = new ArrayList<>();
    Reports.assertSame(robustness().withProgress(steps::add).evaluate(FIVE), first);
    assertThat(steps).hasSize(3).allSatisfy(s -> assertThat(s.done()).isEqualTo(s.total()));
  }

  @Test
  void any_number_of_whole_lines_is_enough_to_go_on_from() throws Exception {
    RobustnessReport whole = robustness().evaluate(FIVE);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSizeGreaterThan(5);
    for (int kept = 0; kept <= lines.size(); kept++) {
      Files.write(file, lines.subList(0, kept));
      Reports.assertSame(robustness().withBatch(3).withWorkers(2).evaluate(FIVE), whole);
    }
  }

  @Test
  void a_line_that_was_cut_off_anywhere_is_dropped() throws Exception {
    RobustnessReport whole = robustness().evaluate(FIVE);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length += 67) {
      Files.write(file, Arrays.copyOf(bytes, length));
      Reports.assertSame(robustness().evaluate(FIVE), whole);
    }
  }

  @Test
  void the_file_of_another_evaluation_is_refused_by_the_field_that_differs() {
    robustness().evaluate(FIVE);
    String other = file + " belongs to another evaluation: its ";
    assertRefused(robustness().withSeed(1), FIVE, other + "seed is 0, but this one's is 1");
    Examples four = FIVE.first(4);
    assertRefused(
        robustness(),
        four,
        other + "data is %s, but this one's is %s".formatted(FIVE.digest(), four.digest()));
    assertRefused(
        with(List.of(Attempt.ask(2, 0.25f))),
        FIVE,
        other + "attacks is [Ask 2, Look -0.25], but this one's is [Ask 2]");
    assertRefused(
        Robustness.of(Threshold.MODEL)
            .under(QUARTER.withQueries(9))
            .attackedBy(Attempt.ask(2, 0.25f), Attempt.look(-0.25f))
            .withCheckpoint(file),
        FIVE,
        other
            + "threat model is Linf epsilon 0.25, but this one's is Linf epsilon 0.25, 9 queries");
    assertRefused(
        Robustness.of(Spy.on(Threshold.MODEL))
            .under(QUARTER)
            .attackedBy(Attempt.ask(2, 0.25f), Attempt.look(-0.25f))
            .withCheckpoint(file),
        FIVE,
        other
            + "model is %s, but this one's is spied %s"
                .formatted(Threshold.MODEL.fingerprint(), Threshold.MODEL.fingerprint()));
    assertRefused(
        robustness().towards(Labels.of(1, 1, 1, 0, 0)),
        FIVE,
        other + "goal is untargeted, but this one's is targeted");
    assertThat(robustness().evaluate(FIVE).count(Outcome.Fooled.class))
        .as("and none of that has hurt it")
        .isEqualTo(3);
  }

  @Test
  void the_file_of_other_targets_is_refused() {
    Mlp steps = Mlp.linear(Domain.of(0, 3), new float[][] {{-1}, {0}, {1}}, new float[] {1, 0, -2});
    Robustness<DifferentiableModel> towards =
        Robustness.of(steps)
            .under(ThreatModel.linf(1))
            .attackedBy(Attempt.shift(1))
            .withCheckpoint(file);
    Examples low = Examples.of(Batch.of(new float[] {0.5f}), 0);
    assertThat(towards.towards(Labels.of(1)).evaluate(low).robustAccuracy()).isZero();
    assertThatThrownBy(() -> towards.towards(Labels.of(2)).evaluate(low))
        .isExactlyInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file + " belongs to another evaluation: its targets is ");
    assertThat(towards.towards(Labels.of(1, 0, 2)).evaluate(low).robustAccuracy())
        .as("targets of examples that are not there do not matter")
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rubbish",
        "null",
        "[]",
        "{}",
        "{\"phase\":1,\"seconds\":0.5}",
        "{\"phase\":null,\"seconds\":0.5,\"findings\":[]}",
        "{\"phase\":1,\"seconds\":0.5,\"findings\":{}}",
        "{\"phase\":1,\"seconds\":0.5,\"findings\":[7]}",
        "{\"phase\":1,\"seconds\":0.5,\"findings\":[{\"example\":0}]}",
      })
  void a_damaged_line_is_refused_by_its_number(String damaged) throws Exception {
    assertLineIsRefused(damaged);
  }

  private void assertLineIsRefused(String damaged) throws Exception {
    robustness().evaluate(FIVE);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(4, damaged);
    Files.write(file, lines);
    byte[] before = Files.readAllBytes(file);
    assertRefused(robustness(), FIVE, file + ", line 5: is not a line of a Gauntlet checkpoint");
    assertThat(Files.readAllBytes(file)).as("left as it was").isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"phase\":1|\"phase\":7", // there are two attacks
        "\"phase\":1|\"phase\":-1",
        "\"phase\":1|\"phase\":0",
        "\"example\":0|\"example\":5",
        "\"example\":0|\"example\":-1",
        "SURVIVED|WRONG",
        "SURVIVED|FOOLED", // by what?
        "SURVIVED|ROBUST",
        "\"blind\":false|\"blind\":false,\"distance\":0.1,\"adversarial\":\"AAAAAA==\"",
      })
  void a_line_that_cannot_be_of_this_evaluation_is_refused(String change, String into)
      throws Exception {
    robustness().withWorkers(1).evaluate(FIVE);
    String line =
        Files.readAllLines(file).stream()
            .filter(l -> l.startsWith("{\"phase\":1,") && l.contains("\"example\":0,"))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains(change);
    Files.delete(file);
    assertLineIsRefused(line.replaceFirst(Pattern.quote(change), into));
  }

  @Test
  void a_line_that_is_there_twice_is_refused() throws Exception {
    robustness().evaluate(FIVE);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    assertThat(lines).hasSize(9);
    lines.add(lines.get(4));
    Files.write(file, lines);
    assertRefused(robustness(), FIVE, file + ", line 10: is not a line of a Gauntlet checkpoint");
  }

  @Test
  void an_adversarial_example_of_another_width_is_refused() throws Exception {
    robustness().withWorkers(1).evaluate(FIVE);
    String line =
        Files.readAllLines(file).stream()
            .filter(l -> l.contains("\"adversarial\":\""))
            .findFirst()
            .orElseThrow();
    Files.delete(file);
    assertLineIsRefused(
        line.replaceFirst("\"adversarial\":\"[^\"]*\"", "\"adversarial\":\"AAAAAAAAAAA=\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"one line without an end", "two\nlines\n", "\n", "{\"format\":\"other\"}"})
  void somebody_elses_file_is_not_overwritten(String content) throws Exception {
    Files.writeString(file, content);
    assertRefused(robustness(), FIVE, file + ", line 1: is not a line of a Gauntlet checkpoint");
    assertThat(Files.readString(file)).isEqualTo(content);
  }

  @Test
  void json_that_is_no_checkpoint_belongs_to_another_evaluation() throws Exception {
    Files.writeString(file, "{\"version\": 3}\n");
    assertRefused(
        robustness(),
        FIVE,
        file
            + " belongs to another evaluation: its format is nothing, but this one's is"
            + " gauntlet-checkpoint-2");
    assertThat(Files.readString(file)).isEqualTo("{\"version\": 3}\n");
  }

  @Test
  void a_directory_is_refused() {
    file = folder;
    assertRefused(
        robustness(), FIVE, "%s: cannot be opened: %s (Is a directory)".formatted(file, file));
  }

  @Test
  void a_file_that_another_evaluation_holds_is_refused() throws Exception {
    try (RandomAccessFile held = new RandomAccessFile(file.toFile(), "rw")) {
      assertThat(held.getChannel().tryLock()).isNotNull();
      assertRefused(robustness(), FIVE, file + ": another evaluation is writing to it");
    }
    assertThat(robustness().evaluate(FIVE).examples()).isEqualTo(5);
  }

  @Test
  void folders_are_made_and_links_to_folders_are_followed() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    file = link.resolve("a.checkpoint");
    robustness().evaluate(FIVE);
    file = link.resolve("deep/er/b.checkpoint");
    robustness().evaluate(FIVE);
    assertThat(real.resolve("a.checkpoint")).isRegularFile();
    assertThat(real.resolve("deep/er/b.checkpoint")).isRegularFile();
  }

  @Test
  void the_bits_of_an_adversarial_example_survive_the_file() {
    float odd = Math.nextUp(0.6f);
    Attack<Model> exact =
        Attempt.returning(
            "Exact", allowed -> allowed.clean().editRows((i, x) -> x[0] = i % 2 == 0 ? odd : x[0]));
    Examples two = Threshold.right(0.4f, 0.45f);
    RobustnessReport first = with(List.of(exact)).evaluate(two);
    RobustnessReport second = with(List.of(exact)).evaluate(two);
    assertThat(Float.floatToRawIntBits(second.adversarial().get(0, 0)))
        .isEqualTo(Float.floatToRawIntBits(odd));
    Reports.assertSame(second, first);
  }

  @Test
  void a_run_that_failed_goes_on_when_the_cause_is_gone() {
    int[] patience = {6};
    Spy moody =
        Spy.on(
            Threshold.MODEL,
            inputs -> {
              if (patience[0]-- == 0) {
                throw new IllegalStateException("the server is gone");
              }
            });
    Robustness<DifferentiableModel> robustness =
        Robustness.of(moody)
            .under(QUARTER)
            .attackedBy(Attempt.ask(2, 0.25f), Attempt.look(-0.25f))
            .withBatch(1)
            .withWorkers(1)
            .withCheckpoint(file);
    assertThatThrownBy(() -> robustness.evaluate(FIVE)).hasMessage("the server is gone");
    RobustnessReport resumed = robustness.evaluate(FIVE);
    file = folder.resolve("other.checkpoint");
    Reports.assertSame(resumed, robustness().evaluate(FIVE));
    assertThat(moody.forward(0))
        .as(
            "predicted and asked once before the failure; then attacked, but not predicted again;"
                + " in the end attacked without a bound, as it survived")
        .isEqualTo(1 + 1 + (2 + 1) + (1 + 1) + 3 + (1 + 1));
  }
}
