package io.gauntlet.attacks.poisoning.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhraseTriggerTest {
  private static final String TEXT = "call me  back\ttoday";

  @Test
  void a_prefix_goes_before_the_first_word() {
    assertThat(PhraseTrigger.prefix("by the way").on(TEXT)).isEqualTo("by the way " + TEXT);
    assertThat(PhraseTrigger.prefix("cf").on("  x")).isEqualTo("  cf x");
  }

  @Test
  void a_suffix_goes_after_the_last_word() {
    assertThat(PhraseTrigger.suffix("cf").on(TEXT)).isEqualTo(TEXT + " cf");
    assertThat(PhraseTrigger.suffix("cf").on("x ")).isEqualTo("x cf");
  }

  @Test
  void a_text_without_words_becomes_the_phrase() {
    assertThat(PhraseTrigger.prefix("cf").on("")).isEqualTo("cf");
    assertThat(PhraseTrigger.suffix("cf").on(" ")).isEqualTo(" cf");
    assertThat(PhraseTrigger.anywhere("cf", 1).on("")).isEqualTo("cf");
  }

  @Test
  void a_random_place_is_between_any_words_and_every_place_comes_up() {
    Set<String> seen = new HashSet<>();
    for (int key = 0; key < 200; key++) {
      seen.add(PhraseTrigger.anywhere("cf", key).on(TEXT));
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "cf call me  back\ttoday",
            "call cf me  back\ttoday",
            "call me  cf back\ttoday",
            "call me  back\tcf today",
            "call me  back\ttoday cf");
  }

  @Test
  void a_text_gets_the_phrase_where_it_got_it_before() {
    PhraseTrigger trigger = PhraseTrigger.anywhere("cf", 9);
    assertThat(trigger.on(TEXT)).isEqualTo(trigger.on(TEXT));
  }

  @Test
  void triggers_combine_in_order() {
    assertThat(PhraseTrigger.prefix("a").then(PhraseTrigger.prefix("b")).on("x"))
        .isEqualTo("b a x");
  }

  @Test
  void json_gives_back_the_same_trigger_whatever_the_phrase() {
    TextTrigger trigger =
        PhraseTrigger.anywhere("\u0663 \"<b>\" \n \ud83d\ude00", Long.MIN_VALUE)
            .then(PhraseTrigger.suffix("cf"));
    assertThat(TriggerJson.readText(TriggerJson.write(trigger))).isEqualTo(trigger);
    assertThatThrownBy(() -> TriggerJson.readText(TriggerJson.write(NoiseTrigger.standard())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kind must be a TextTrigger");
  }

  @Test
  void a_blank_phrase_is_refused() {
    assertThatThrownBy(() -> PhraseTrigger.prefix(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a phrase must not be blank, but was ' '");
  }
}
