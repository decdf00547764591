package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gauntlet.defenses.ownership.Evidence;
import io.gauntlet.defenses.ownership.Verdict;
import io.gauntlet.examples.ProveTheft.Extent;
import io.gauntlet.examples.ProveTheft.Result;
import io.gauntlet.examples.ProveTheft.Suspect;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class ProveTheftTest {
  private Result result;

  @BeforeAll
  void steal() {
    result = ProveTheft.run(Extent.small(), line -> {});
  }

  private Suspect suspect(String name) {
    return result.suspects().stream()
        .filter(suspect -> suspect.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean shown(Evidence evidence) {
    return evidence.verdict(OwnershipTable.ALPHA) == Verdict.COPY;
  }

  @Test
  void the_model_itself_knows_the_triggers_and_the_members() {
    Suspect model = suspect("the model itself");
    assertThat(model.fidelity().agreement().rate()).isEqualTo(1);
    assertThat(shown(model.triggers())).isTrue();
    assertThat(shown(model.members())).isTrue();
  }

  @Test
  void nothing_is_shown_of_a_model_that_was_trained_by_itself() {
    Suspect independent = suspect("independent");
    assertThat(
            List.of(
                independent.triggers(),
                independent.thief(),
                independent.customer(),
                independent.members()))
        .noneMatch(ProveTheftTest::shown);
  }

  @Test
  void triggers_do_not_come_along_when_a_model_is_copied_by_asking() {
    assertThat(result.suspects().subList(1, result.suspects().size()))
        .noneMatch(copy -> shown(copy.triggers()));
  }

  @Test
  void copies_by_thieves_who_train_long_enough_carry_what_the_thief_was_told() {
    for (String name : List.of("KnockoffNets", "labels alone")) {
      assertThat(shown(suspect(name).thief())).as(name).isTrue();
    }
  }

  @Test
  void a_copy_is_surer_of_members_that_its_thief_has_never_seen() {
    assertThat(shown(suspect("KnockoffNets").members())).isTrue();
  }

  @Test
  void who_drops_doubtful_answers_drops_most_marks() {
    assertThat(suspect("drops doubtful").thief().effect())
        .isLessThan(suspect("KnockoffNets").thief().effect() / 2);
  }

  @Test
  void no_copy_accuses_the_customer_who_asked_other_sentences() {
    assertThat(result.suspects()).noneMatch(suspect -> shown(suspect.customer()));
    assertThat(result.suspects()).allMatch(suspect -> suspect.customer().trials() > 0);
  }

  @Test
  void the_honest_are_told_another_class_as_seldom_as_was_set() {
    assertThat(1 - result.utility().sameClass()).isCloseTo(Extent.small().share(), within(0.01));
  }

  @Test
  void the_table_has_a_line_for_each_suspect_in_ascii_digits() {
    String table = OwnershipTable.of(result);
    assertThat(table.lines()).hasSize(3 + result.suspects().size());
    assertThat(table).matches("\\A\\p{ASCII}*\\z");
  }
}
