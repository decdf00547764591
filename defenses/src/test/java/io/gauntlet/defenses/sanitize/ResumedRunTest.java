package io.gauntlet.defenses.sanitize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import io.gauntlet.random.Seed;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed at any moment ends, resumed, byte for byte like one that was not. */
class ResumedRunTest {
  private static final String FIRST =
      """
      label,text
      ham,shall we meet for lunch tomorrow at noon
      ham,shall we meet for lunch tomorrow at noon
      spam,shall we meet for lunch tomorrow at noon
      ham,shall we meet for lunch tomorrow at noon!
      ham
      ham,=1+1
      spam,win a prize now
      """;
  private static final String SECOND =
      """
      {"label": "ham", "text": "are you there yet"}
      {"label": "spam", "text": "win a prize now"}
      {"label": "spam"
      """;

  @TempDir Path folder;
  private List<Source> sources = List.of();
  private Map<String, String> undisturbed = Map.of();

  /** A process that dies; no code of the library may catch it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void run_undisturbed() throws IOException {
    sources = sources(folder);
    pipeline(row -> {}).run(sources, folder.resolve("undisturbed"));
    undisturbed = Runs.contents(folder.resolve("undisturbed"));
    assertThat(undisturbed).containsKeys("accepted/a.csv", "accepted/b.jsonl", "ingestion.json");
  }

  private static List<Source> sources(Path folder) {
    return List.of(
        Runs.csv(folder.resolve("a.csv"), FIRST), Runs.json(folder.resolve("b.jsonl"), SECOND));
  }

  private static Pipeline pipeline(LongConsumer atRow) {
    Schema schema = Schema.of(Column.category("label", "ham", "spam"), Column.text("text", 100));
    return Pipeline.of(
            schema,
            ExactDuplicates.of(schema, "label"),
            watching(atRow),
            NearDuplicateTexts.standard("text", Seed.of(1)).withRemembered(100))
        .withClock(Runs.NOON);
  }

  private static Stage watching(LongConsumer atRow) {
    return new Stage() {
      @Override
      public String name() {
        return "watching";
      }

      @Override
      public String settings() {
        return "passes all";
      }

      @Override
      public Inspection begin(Rows rows) {
        return row -> {
          atRow.accept(row.position());
          return Optional.empty();
        };
      }
    };
  }

  @Test
  void killed_at_any_write_it_ends_the_same() throws IOException {
    int moments = 0;
    for (boolean finished = false; !finished; moments++) {
      Path run = folder.resolve("killed" + moments);
      finished = isFinished(pipeline(row -> {}).withDisk(new Mortal(moments)), run);
      assertWholeOrAbsent(run);
      pipeline(row -> {}).run(sources, run);
      assertThat(Runs.contents(run)).as("killed at moment %s", moments).isEqualTo(undisturbed);
    }
    assertThat(moments).isGreaterThan(60);
  }

  @Test
  void killed_again_and_again_it_ends_the_same() throws IOException {
    Path run = folder.resolve("killed");
    int deaths = 0;
    // the longest step has few moments, and each life must have more to come forward
    while (!isFinished(pipeline(row -> {}).withDisk(new Mortal(12)), run)) {
      deaths++;
      assertWholeOrAbsent(run);
    }
    assertThat(deaths).isGreaterThan(3);
    assertThat(Runs.contents(run)).isEqualTo(undisturbed);
  }

  @Test
  void killed_at_any_row_it_ends_the_same() throws IOException {
    int deaths = 0;
    for (long position = 0; position < 10; position++) {
      long fatal = position;
      Path run = folder.resolve("killed" + position);
      boolean finished =
          isFinished(
              pipeline(
                  row -> {
                    if (row == fatal) {
                      throw new Killed();
                    }
                  }),
              run);
      deaths += finished ? 0 : 1;
      pipeline(row -> {}).run(sources, run);
      assertThat(Runs.contents(run)).as("killed at row %s", position).isEqualTo(undisturbed);
    }
    assertThat(deaths).isEqualTo(4); // the rows that come so far
  }

  @Test
  void a_process_destroyed_by_force_leaves_a_run_that_ends_the_same() throws Exception {
    Path run = folder.resolve("killed");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.toString(),
                run.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("in the middle");
      assertThatIllegalStateException()
          .isThrownBy(() -> pipeline(row -> {}).run(sources, run))
          .withMessageContaining("one run at a time");
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(Runs.contents(run).keySet())
        .anyMatch(name -> name.contains("unfinished"))
        .doesNotContain("3-watching.quarantine.jsonl", "ingestion.json");
    pipeline(row -> {}).run(sources, run);
    assertThat(Runs.contents(run)).isEqualTo(undisturbed);
  }

  /** Runs until it is in the middle of a stage, says so, and waits for its end. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws IOException {
      pipeline(
              row -> {
                if (row == 6) {
                  System.out.println("in the middle");
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }
              })
          .run(sources(Path.of(args[0])), Path.of(args[1]));
    }
  }

  @Test
  void a_finished_run_is_not_done_again() throws IOException {
    Path run = folder.resolve("undisturbed");
    IngestionReport again =
        pipeline(
                row -> {
                  throw new Killed();
                })
            .run(sources, run);
    assertThat(again).isEqualTo(IngestionReport.in(run));
    assertThat(Runs.contents(run)).isEqualTo(undisturbed);
  }

  @Test
  void a_run_is_not_resumed_with_other_stages_or_sources() throws IOException {
    Path run = folder.resolve("undisturbed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pipeline.of().run(sources, run))
        .withMessageContaining("same stages")
        .withMessageContaining("passes all");
    Runs.csv(folder.resolve("a.csv"), FIRST + "ham,more\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline(row -> {}).run(sources, run))
        .withMessageContaining("a.csv")
        .withMessageContaining("bytes");
  }

  @Test
  void a_source_that_changes_while_it_is_checked_stops_the_run() {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(
            () ->
                pipeline(row -> Runs.csv(folder.resolve("a.csv"), FIRST.replace("prize", "price")))
                    .run(sources, folder.resolve("run")))
        .withMessageContaining("a.csv")
        .withMessageContaining("must not change");
  }

  private boolean isFinished(Pipeline pipeline, Path run) throws IOException {
    try {
      pipeline.run(sources, run);
      return true;
    } catch (Killed e) {
      return false;
    }
  }

  /** What stands under a final name is what an undisturbed run has there. */
  private void assertWholeOrAbsent(Path run) throws IOException {
    Map<String, String> found = Runs.contents(run);
    found.keySet().removeIf(name -> name.contains("unfinished"));
    assertThat(undisturbed).containsAllEntriesOf(found);
  }

  /** Dies after so many writes, renames begun and renames done, and leaves a draft behind. */
  private static final class Mortal implements Disk {
    private int moments;

    Mortal(int moments) {
      this.moments = moments;
    }

    @Override
    public void write(Path file, AtomicFile.Content content) throws IOException {
      AtomicFile.write(
          file,
          out -> {
            content.writeTo(
                new FilterOutputStream(out) {
                  @Override
                  public void write(byte[] bytes, int from, int length) throws IOException {
                    live(file);
                    OutputStream whole = this.out;
                    whole.write(bytes, from, length / 2);
                    live(file);
                    whole.write(bytes, from + length / 2, length - length / 2);
                  }
                });
            live(file);
          });
      live(file);
    }

    private void live(Path file) {
      if (moments-- > 0) {
        return;
      }
      moments = 0;
      try {
        Files.writeString(file.resolveSibling(file.getFileName() + ".unfinished7"), "half a l");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw new Killed();
    }
  }
}
