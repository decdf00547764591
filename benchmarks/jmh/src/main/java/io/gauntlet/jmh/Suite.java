package io.gauntlet.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs benchmarks and writes {@code <name>.md} for each class of them into the folder given as the
 * first argument. The second argument is {@code full} or {@code quick} (rough numbers sooner), the
 * third a regular expression of the classes to run, such as {@code Pgd|Sharding}; all without it.
 */
public final class Suite {
  /** What the others that took turns are compared with. */
  private static final List<String> FIRST =
      List.of("passesMicros", "shardedMicros", "torchScriptMicros", "libtorchMicros");

  private Suite() {}

  /** Runs. */
  public static void main(String[] arguments) throws RunnerException, IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "benchmarks/jmh/results");
    boolean quick = arguments.length > 1 && arguments[1].equals("quick");
    String classes = arguments.length > 2 ? arguments[2] : "Pass|Pgd|Sharding|Engines|Stem|Guard";
    Files.createDirectories(folder);
    for (String name : classes.split("\\|")) {
      ChainedOptionsBuilder options =
          new OptionsBuilder().include("jmh\\." + name + "Benchmark\\.").jvmArgsAppend("-Xmx3g");
      if (quick) {
        options = options.warmupIterations(1).measurementIterations(2);
      }
      Options built = options.build();
      Collection<RunResult> runs = new Runner(built).run();
      Files.writeString(
          folder.resolve(name.toLowerCase(Locale.ROOT) + ".md"), markdown(name, runs));
    }
  }

  private static String markdown(String name, Collection<RunResult> runs) {
    StringBuilder text = new StringBuilder();
    line(text, "# %s: what JMH measured", name);
    line(text, "");
    line(
        text,
        "%d cores, %s %s, Java %s. %s, median (least to most).",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.version(),
        unit(runs));
    line(text, "");
    line(text, "| benchmark | time | ratios |");
    line(text, "|---|---|---|");
    for (RunResult run : runs) {
      Statistics s = run.getPrimaryResult().getStatistics();
      line(
          text,
          "| %s | %.3f (%.3f to %.3f) | %s |",
          title(run),
          s.getPercentile(50),
          s.getMin(),
          s.getMax(),
          run.getSecondaryResults().isEmpty() ? shareOfBare(run, runs) : ratios(run));
    }
    return text.toString();
  }

  private static String unit(Collection<RunResult> runs) {
    boolean nanos =
        runs.stream().allMatch(run -> run.getPrimaryResult().getScoreUnit().equals("ns/op"));
    return nanos ? "Nanoseconds per operation" : "Milliseconds per operation";
  }

  /** What is beside the model, by the model alone. */
  private static String shareOfBare(RunResult run, Collection<RunResult> runs) {
    return runs.stream()
        .filter(other -> other != run && other.getParams().getBenchmark().contains(".bare"))
        .findFirst()
        .map(bare -> 100 * median(run) / median(bare))
        .map(percent -> String.format(Locale.ROOT, "%.1f %% of the model alone", percent))
        .orElse("");
  }

  private static double median(RunResult run) {
    return run.getPrimaryResult().getStatistics().getPercentile(50);
  }

  private static String title(RunResult run) {
    StringBuilder title = new StringBuilder(run.getParams().getBenchmark().replaceAll(".*\\.", ""));
    for (String key : run.getParams().getParamsKeys()) {
      title.append(", ").append(key).append(' ').append(run.getParams().getParam(key));
    }
    return title.toString();
  }

  /** What took turns within one invocation, each by the first of them. */
  private static String ratios(RunResult run) {
    StringBuilder ratios = new StringBuilder();
    String first =
        FIRST.stream().filter(run.getSecondaryResults()::containsKey).findFirst().orElse("");
    run.getSecondaryResults()
        .forEach(
            (name, result) -> {
              if (!name.equals(first)) {
                double base = run.getSecondaryResults().get(first).getScore();
                ratios.append(
                    String.format(
                        Locale.ROOT,
                        "%s / %s = %.3f ",
                        name.replace("Micros", ""),
                        first.replace("Micros", ""),
                        result.getScore() / base));
              }
            });
    return ratios.toString().strip();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
