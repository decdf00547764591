package io.gauntlet.benchmarks;

import io.gauntlet.attacks.poisoning.Bases;
import io.gauntlet.attacks.poisoning.Target;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.Arrays;

/**
 * Poisons that need no surrogate, to hold crafted ones against: the examples of the intended class
 * nearest to the target (L2), under their own label, moved towards it as far as the threat lets
 * them.
 */
record Blend(ThreatModel threat) {
  Examples poison(Examples learnt, Domain domain, Target target, int count) {
    int[] rows = Bases.NEAREST.rows(learnt, target, count, Seed.of(0)); // draws nothing
    Batch bases = learnt.inputs().select(rows);
    Batch blends = threat.around(bases, domain).project(target.inPlaceOf(bases));
    return learnt.withInputs(
        learnt
            .inputs()
            .editRows(
                (row, x) -> {
                  int found = Arrays.binarySearch(rows, row);
                  if (found >= 0) {
                    blends.copyRow(found, x);
                  }
                }));
  }
}
