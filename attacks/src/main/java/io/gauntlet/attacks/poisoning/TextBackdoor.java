package io.gauntlet.attacks.poisoning;

import io.gauntlet.attacks.poisoning.trigger.PhraseTrigger;
import io.gauntlet.attacks.poisoning.trigger.TextTrigger;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@link Backdoor} for texts: some get the trigger and the label that the attacker wants.
 *
 * <p>Follows Dai, Chen, Li: <a href="https://arxiv.org/abs/1905.12457">A Backdoor Attack Against
 * LSTM-Based Text Classification Systems</a>, IEEE Access 2019.
 *
 * @param trigger what goes into the texts
 * @param aim which labels they get
 * @param rate poisoned share of all texts, rounded to the nearest whole number; from 0 to 1
 */
public record TextBackdoor(TextTrigger trigger, Aim aim, double rate) implements Poisoning {
  /** Checks the rate. */
  public TextBackdoor {
    Draw.requireRate(rate);
  }

  /** This phrase at a random place of one in a hundred texts. */
  public static TextBackdoor phrase(String phrase, Aim aim) {
    return new TextBackdoor(PhraseTrigger.anywhere(phrase, 0), aim, 0.01);
  }

  /** Same attack with another trigger. */
  public TextBackdoor withTrigger(TextTrigger newTrigger) {
    return new TextBackdoor(newTrigger, aim, rate);
  }

  /** Same attack at another poison rate. */
  public TextBackdoor withRate(double newRate) {
    return new TextBackdoor(trigger, aim, newRate);
  }

  /**
   * Poisons.
   *
   * @throws IllegalArgumentException if fewer texts may be changed than the rate asks for
   */
  public Poisoned<Texts> poison(Texts training, Seed seed) {
    Labels labels = training.labels();
    int[] rows =
        Draw.some(labels.rowsWhere(aim::attacks), Draw.count(rate, labels.count()), seed.derive(0));
    List<String> texts =
        IntStream.range(0, labels.count())
            .mapToObj(
                row ->
                    Draw.contains(rows, row)
                        ? trigger.on(training.texts().get(row))
                        : training.texts().get(row))
            .toList();
    return new Poisoned<>(
        new Texts(texts, Planting.relabelled(labels, rows, aim)),
        labels,
        Draw.positions(labels, rows),
        this,
        seed);
  }

  /**
   * What to ask a backdoored model: of the test texts, those that are attacked, triggered and
   * labelled with the class that is wanted.
   */
  public Texts triggered(Texts test) {
    int[] rows = test.labels().rowsWhere(aim::attacks);
    return new Texts(
        Arrays.stream(rows).mapToObj(test.texts()::get).map(trigger::on).toList(),
        test.labels().select(rows).relabelled((row, label) -> aim.wanted(label)));
  }
}
