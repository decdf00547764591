package io.gauntlet.defenses.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.data.Examples;
import io.gauntlet.defenses.backdoor.InputDetector;
import io.gauntlet.defenses.backdoor.Inspection;
import io.gauntlet.defenses.backdoor.NeuralCleanse;
import io.gauntlet.defenses.backdoor.PlantedTrojan;
import io.gauntlet.defenses.backdoor.ReconstructedTrigger;
import io.gauntlet.defenses.backdoor.Strip;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Mlp;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of both packages' documentation, line by line; printing is collecting here. */
class PackageExampleTest {
  private final Examples clean = PlantedTrojan.clean(200, Seed.of(1));
  private final Examples test = PlantedTrojan.clean(100, Seed.of(2));
  private final Examples triggered = PlantedTrojan.triggered(test);
  private final List<String> printed = new ArrayList<>();

  @Test
  void detection() {
    Mlp model = PlantedTrojan.net(8);
    Batch heldOut = clean.inputs();
    Batch arriving = triggered.inputs();

    InputDetector strip = Strip.standard().calibrate(model, heldOut, Seed.of(1));
    int[] suspects = strip.suspects(arriving);

    Inspection inspection =
        NeuralCleanse.standard().withRestarts(3).inspect(model, heldOut, Seed.of(2));
    for (ReconstructedTrigger trigger : inspection.accused()) {
      printed.add("class " + trigger.target() + " is " + trigger.size() + " pixels away");
    }

    assertThat(suspects).hasSizeGreaterThan(90);
    assertThat(printed).singleElement().asString().matches("class 2 is 1\\.\\d+ pixels away");
  }

  @Test
  void repair() {
    Readout model = Readout.trojan(3.2f);
    Trial trial = new Trial(test, triggered);
    Inspection inspection =
        NeuralCleanse.standard().withRestarts(3).inspect(model, clean.inputs(), Seed.of(2));
    Unlearning unlearning = Unlearning.standard().withFit(new Fit(10, 16));
    for (ReconstructedTrigger trigger : inspection.accused()) {
      Repair<Readout> repair = unlearning.repair(model, clean, trigger, trial, Seed.of(3));
      printed.add(repair.before() + " -> " + repair.after());
    }

    assertThat(printed)
        .containsExactly(
            "Behaviour[accuracy=100 of 100, attackSuccess=80 of 80]"
                + " -> Behaviour[accuracy=100 of 100, attackSuccess=0 of 80]");
  }
}
