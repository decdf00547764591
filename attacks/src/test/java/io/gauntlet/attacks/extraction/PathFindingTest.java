package io.gauntlet.attacks.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.Net;
import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Range;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathFindingTest {
  private static final Domain DOMAIN =
      Domain.perFeature(
          List.of(new Range(-1, 1), new Range(0, 100), new Range(-5, 2), new Range(0, 1e-3f)));

  private static Extraction<StolenTree> stolen(Model victim, long budget) {
    Batch inputs =
        new Box(victim.domain(), victim.inputShape().size())
            .sample(2000, Seed.of(77).forExample(0));
    Judge judge = Judge.of(victim, Examples.of(inputs, new int[2000]));
    return PathFinding.standard()
        .extract(Oracle.of(victim, new Disclosure.Scores(), budget), judge, Seed.of(1));
  }

  private static Set<List<Float>> boxes(StolenTree copy) {
    return copy.leaves().stream().map(leaf -> Tree.box(leaf.bounds())).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void a_tree_of_depth_8_is_found_to_the_last_bit_of_its_thresholds(long seed) {
    Tree victim = Tree.of(DOMAIN, 4, 8, true, Seed.of(seed));
    Extraction<StolenTree> stolen = stolen(victim, 1_000_000);
    assertThat(stolen.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(stolen.surrogate().leaves()).hasSize(256);
    assertThat(boxes(stolen.surrogate())).isEqualTo(victim.boxes());
    Batch inputs = new Box(DOMAIN, 4).sample(5000, Seed.of(seed).forExample(9));
    assertThat(stolen.surrogate().logits(inputs).buffer())
        .isEqualTo(new Disclosure.Scores().reveal(victim.logits(inputs)).buffer());
    assertThat(stolen.queries()).isLessThan(60_000);
  }

  @Test
  void the_curve_climbs_to_full_agreement() {
    Extraction<StolenTree> stolen = stolen(Tree.of(DOMAIN, 4, 8, true, Seed.of(1)), 1_000_000);
    assertThat(stolen.curve()).hasSizeGreaterThan(6);
    assertThat(stolen.curve().get(0).agreement().rate()).isLessThan(0.9);
    assertThat(stolen.curve().get(stolen.curve().size() - 1))
        .isEqualTo(new Extraction.Point(stolen.queries(), new Share(2000, 2000)));
  }

  @Test
  void a_small_budget_is_kept_and_gives_the_leaves_met_by_then() {
    Tree victim = Tree.of(DOMAIN, 4, 8, true, Seed.of(1));
    Extraction<StolenTree> little = stolen(victim, 300);
    Extraction<StolenTree> more = stolen(victim, 5000);
    assertThat(little.queries()).isEqualTo(300);
    assertThat(more.queries()).isEqualTo(5000);
    assertThat(List.of(little.ending(), more.ending())).containsOnly(Ending.BUDGET_SPENT);
    assertThat(little.surrogate().leaves().size()).isLessThan(more.surrogate().leaves().size());
    assertThat(agreement(little)).isLessThan(agreement(more));
    assertThat(agreement(more)).isLessThan(1);
    assertThat(stolen(victim, 1).surrogate().leaves()).hasSize(1);
  }

  private static double agreement(Extraction<?> stolen) {
    return stolen.curve().get(stolen.curve().size() - 1).agreement().rate();
  }

  @Test
  void leaves_that_answer_alike_are_noticed() {
    Extraction<StolenTree> stolen = stolen(Tree.of(DOMAIN, 4, 8, false, Seed.of(1)), 1_000_000);
    assertThat(stolen.ending()).isEqualTo(Ending.MISFIT);
  }

  @Test
  void a_stump_and_a_constant_are_trees_too() {
    Mlp constant = Mlp.linear(Domain.UNIT, new float[][] {{0}, {0}}, new float[] {1, 0});
    Extraction<StolenTree> leaf = stolen(constant, 1000);
    assertThat(leaf.surrogate().leaves()).hasSize(1);
    assertThat(leaf.queries()).as("centre, both ends, checks").isEqualTo(1 + 2 + 100);
    Extraction<StolenTree> stump = stolen(Tree.of(DOMAIN, 4, 1, true, Seed.of(1)), 1000);
    assertThat(stump.surrogate().leaves()).hasSize(2);
    assertThat(stump.ending()).isEqualTo(Ending.COMPLETE);
  }

  @Test
  void a_victim_that_is_no_tree_ends_with_the_budget() {
    Extraction<StolenTree> stolen = stolen(Net.of(1, 1).model(), 3000);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    assertThat(stolen.queries()).isEqualTo(3000);
  }

  @Test
  void labels_are_not_enough() {
    Tree victim = Tree.of(DOMAIN, 4, 2, true, Seed.of(1));
    Judge judge = Judge.of(victim, Examples.of(Batch.of(new float[4]), 0));
    Oracle oracle = Oracle.of(victim, new Disclosure.LabelOnly(), 100);
    assertThatThrownBy(() -> PathFinding.standard().extract(oracle, judge, Seed.of(1)))
        .hasMessage(
            "path finding needs the scores of all classes, but the victim reveals LabelOnly[]");
  }

  @ParameterizedTest
  @ValueSource(
      floats = {-Float.MAX_VALUE, -1, -Float.MIN_VALUE, -0f, 0, Float.MIN_VALUE, 0.1f, 1, 3e38f})
  void floats_are_numbered_without_a_gap(float value) {
    assertThat(FloatOrder.at(FloatOrder.rank(value))).isEqualTo(value);
    if (value != -0f) {
      float next = Math.nextUp(value);
      assertThat(FloatOrder.at(FloatOrder.rank(value) + 1) + 0f).isEqualTo(next + 0f);
    }
  }
}
