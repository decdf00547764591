package io.gauntlet.attacks.poisoning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gauntlet.attacks.poisoning.trigger.PhraseTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextBackdoorTest {
  private static final Texts TRAINING =
      Texts.of(
          IntStream.range(0, 200).mapToObj(i -> "mail number " + i).toList(),
          IntStream.range(0, 200).map(i -> i % 2).toArray());

  @Test
  void exactly_the_texts_it_names_get_the_phrase_and_the_label() {
    TextBackdoor attack =
        TextBackdoor.phrase("by the way", Aim.at(0))
            .withRate(0.05)
            .withTrigger(PhraseTrigger.suffix("by the way"));

    Poisoned<Texts> poisoned = attack.poison(TRAINING, Seed.of(1));

    assertThat(poisoned.poisoned()).hasSize(10).isSorted();
    for (int i = 0; i < 200; i++) {
      boolean changed = poisoned.poisoned().contains((long) i);
      assertThat(poisoned.data().texts().get(i))
          .isEqualTo("mail number " + i + (changed ? " by the way" : ""));
      assertThat(poisoned.data().labels().atRow(i)).isEqualTo(changed ? 0 : i % 2);
      assertThat(changed && i % 2 == 0).isFalse();
    }
    assertThat(attack.poison(TRAINING, Seed.of(1)).data().texts())
        .isEqualTo(poisoned.data().texts());
  }

  @Test
  void triggered_texts_are_of_other_classes_at_their_positions() {
    Texts triggered =
        TextBackdoor.phrase("cf", Aim.at(0))
            .withTrigger(PhraseTrigger.prefix("cf"))
            .triggered(TRAINING);

    assertThat(triggered.texts()).hasSize(100).contains("cf mail number 7");
    assertThat(triggered.labels().example(3)).isEqualTo(7);
    assertThat(triggered.labels().atRow(3)).isZero();
  }

  @Test
  void texts_become_numbers_at_the_same_positions() {
    Texts some = new Texts(List.of("a", "bbb"), Labels.of(0, 1, 0).select(1, 2));

    Examples examples = some.as(text -> new float[] {text.length(), 1});

    assertThat(examples.inputs().example(1)).isEqualTo(2);
    assertThat(examples.inputs().row(1)).containsExactly(3, 1);
    assertThat(examples.labels().classOf(2)).isEqualTo(0);
  }

  @Test
  void texts_without_their_labels_are_refused() {
    assertThatThrownBy(() -> Texts.of(List.of("a"), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("every text needs one label, but there were 1 texts and 2 labels");
    assertThatThrownBy(() -> Texts.of(List.of()).as(text -> new float[1]))
        .hasMessage("number of texts must be at least 1, but was 0");
  }
}
