package io.gauntlet.examples;

import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.gauntlet.attacks.poisoning.Texts;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Optimiser;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.List;

/**
 * A small network on bags of words that tells spam from ham.
 *
 * @param network closed with the filter
 * @param vocabulary words that it knows
 */
record SpamFilter(DjlModel network, Vocabulary vocabulary) implements AutoCloseable {
  /** How every filter is trained. */
  static final Fit FIT = new Fit(10, 32);

  private static final int HIDDEN = 16;

  /** Knows the most frequent words of what it is trained on; spam, which is rare, counts thrice. */
  static SpamFilter trained(Texts messages, int words, Seed seed) {
    Vocabulary vocabulary =
        Vocabulary.mostFrequent(words, messages.texts().stream().map(Messages::words));
    SpamFilter filter = new SpamFilter(untrained(vocabulary.size(), seed), vocabulary);
    Texts spam = Messages.only(Messages.SPAM, messages);
    FIT.train(filter.network(), filter.sees(Messages.joined(List.of(messages, spam, spam))), seed);
    return filter;
  }

  static DjlModel untrained(int words, Seed seed) {
    return DjlModel.of(
        new SequentialBlock()
            .add(Linear.builder().setUnits(HIDDEN).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(2).build()),
        DjlOptions.of(Shape.of(words)).withOptimiser(Optimiser.Adam.standard()).withSeed(seed));
  }

  /** The messages as this filter sees them. */
  Examples sees(Texts messages) {
    return messages.as(message -> vocabulary.bag(Messages.words(message)));
  }

  /** Messages that are answered as they are labelled. */
  Rate agreesWith(Texts messages) {
    return new Rate(right(messages).length, messages.labels().count());
  }

  /** The spam among the messages that does not pass. */
  Texts stops(Texts messages) {
    Texts spam = Messages.only(Messages.SPAM, messages);
    return Messages.select(spam, right(spam));
  }

  private int[] right(Texts messages) {
    Examples examples = sees(messages);
    Batch logits = network.logits(examples.inputs());
    return logits.rowsWhere(row -> logits.argmax(row) == examples.labels().atRow(row));
  }

  @Override
  public void close() {
    network.close();
  }
}
