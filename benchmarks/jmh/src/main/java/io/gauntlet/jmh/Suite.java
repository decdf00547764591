package io.gauntlet.jmh;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs every benchmark and writes {@code results.md} and {@code results.json} into the folder given
 * as the first argument. A second argument, {@code quick}, makes the run short and the numbers
 * rough.
 */
public final class Suite {
  private Suite() {}

  /** Runs. */
  public static void main(String[] arguments) throws RunnerException, IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "benchmarks/jmh/results");
    boolean quick = arguments.length > 1 && arguments[1].equals("quick");
    OptionsBuilder options = new OptionsBuilder();
    options.include("io\\.gauntlet\\.jmh\\..*Benchmark").jvmArgsAppend("-Xmx3g");
    if (quick) {
      options
          .forks(1)
          .warmupIterations(1)
          .measurementIterations(2)
          .measurementTime(TimeValue.seconds(1));
    }
    Options built = options.build();
    Map<String, Statistics> results = new LinkedHashMap<>();
    Collection<RunResult> runs = new Runner(built).run();
    for (RunResult run : runs) {
      results.put(name(run), run.getPrimaryResult().getStatistics());
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("results.json"), json(results));
    Files.writeString(folder.resolve("results.md"), markdown(results));
  }

  private static String name(RunResult run) {
    String benchmark = run.getParams().getBenchmark().replaceAll(".*\\.(\\w+)Benchmark\\.", "$1.");
    StringBuilder name = new StringBuilder(benchmark);
    for (String key : run.getParams().getParamsKeys()) {
      name.append(' ').append(run.getParams().getParam(key));
    }
    return name.toString();
  }

  private static String markdown(Map<String, Statistics> results) {
    StringBuilder text = new StringBuilder("# JMH results\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%d cores, %s %s, Java %s. Milliseconds per operation.%n%n",
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.version()));
    text.append("## Ratios of medians\n\n| what | ratio |\n|---|---|\n");
    for (String batch : new String[] {"128", "512"}) {
      ratio(
          text,
          results,
          "PGD-40 by its bare passes, CNN, batch " + batch,
          "Pgd.allSteps " + batch + " CNN",
          "Pgd.passes " + batch + " CNN");
      ratio(
          text,
          results,
          "PGD-40 by PGD-40 with early stop, CNN, batch " + batch,
          "Pgd.allSteps " + batch + " CNN",
          "Pgd.untilFooled " + batch + " CNN");
    }
    for (String batch : new String[] {"16", "64", "128", "512"}) {
      ratio(
          text,
          results,
          "intra-op threads by sharding, CNN, batch " + batch,
          "Sharding.gradients " + batch + " INTRA_OP CNN",
          "Sharding.gradients " + batch + " SHARDED CNN");
    }
    text.append("\n## All\n\n| benchmark | median | mean | min |\n|---|---|---|---|\n");
    results.forEach(
        (name, s) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %.3f |%n",
                    name,
                    s.getPercentile(50),
                    s.getMean(),
                    s.getMin())));
    return text.toString();
  }

  private static void ratio(
      StringBuilder text, Map<String, Statistics> results, String what, String a, String b) {
    Statistics above = results.get(a);
    Statistics below = results.get(b);
    if (above == null || below == null) {
      throw new IllegalStateException("no result for " + (above == null ? a : b));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %.3f |%n",
            what,
            above.getPercentile(50) / below.getPercentile(50)));
  }

  private static String json(Map<String, Statistics> results) {
    JsonArray array = new JsonArray();
    results.forEach(
        (name, s) -> {
          JsonObject one = new JsonObject();
          one.addProperty("benchmark", name);
          one.addProperty("medianMillis", s.getPercentile(50));
          one.addProperty("meanMillis", s.getMean());
          one.addProperty("minMillis", s.getMin());
          one.addProperty("samples", s.getN());
          array.add(one);
        });
    return array.toString() + "\n";
  }
}
