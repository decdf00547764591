package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.poisoning.Aim;
import io.gauntlet.attacks.poisoning.Backdoor;
import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.evaluate.BackdoorReport;
import io.gauntlet.evaluate.Interval;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example on the package page of the poisoning attacks. */
class PoisoningGuideTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/gauntlet/examples/PoisoningGuideTest.java");
  private static final Path PAGE =
      Path.of("../attacks/src/main/java/io/gauntlet/attacks/poisoning/package-info.java");

  @Test
  void the_example_plants_a_backdoor_that_works_and_does_not_show() {
    Examples digits = Digits.all();
    Examples training = digits.first(1297);
    Examples test = digits.slice(1297, digits.count());
    try (DjlModel reference = Digits.untrained(Seed.of(2));
        DjlModel suspect = Digits.untrained(Seed.of(2))) {
      // EXAMPLE
      Backdoor attack = Backdoor.badNets(Aim.at(0)).withRate(0.05);
      Poisoned<Examples> poisoned = attack.poison(training, Domain.UNIT, Seed.of(1));
      Fit.standard().train(reference, training, Seed.of(2));
      Fit.standard().train(suspect, poisoned.data(), Seed.of(2));
      Examples triggered = attack.triggered(test, Domain.UNIT);
      BackdoorReport report = BackdoorReport.measure(suspect, reference, test, triggered);
      double success = report.success().value();
      Interval within = report.success().interval(0.95);
      double cost = report.accuracyDrop();
      List<Long> truth = poisoned.poisoned();
      // END
      assertThat(success).isGreaterThan(0.95).isBetween(within.lower(), within.upper());
      assertThat(report.referenceSuccess().value()).isLessThan(0.1);
      assertThat(cost).isLessThan(0.03);
      assertThat(truth).hasSize(65);
    }
  }

  @Test
  void and_it_is_the_one_on_the_page() throws IOException {
    List<String> run = between(Files.readAllLines(SOURCE), "// EXAMPLE", "// END");
    List<String> shown = between(Files.readAllLines(PAGE), "* <pre>{@code", "* }</pre>");
    assertThat(shown).hasSize(10).isEqualTo(run.stream().map(line -> "* " + line).toList());
  }

  private static List<String> between(List<String> lines, String from, String to) {
    List<String> trimmed = lines.stream().map(String::strip).toList();
    int start = trimmed.indexOf(from) + 1;
    return trimmed.subList(start, start + trimmed.subList(start, trimmed.size()).indexOf(to));
  }
}
