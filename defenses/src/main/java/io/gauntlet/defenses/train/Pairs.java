package io.gauntlet.defenses.train;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.TrainableModel;
import java.util.List;

/**
 * A {@link PairLoss} as the loss of one batch: the clean examples and behind them, in the same
 * order, what an attacker made of them.
 *
 * <p>Both rows of a pair have the loss of the pair, so that the mean over the rows is the mean over
 * the pairs; their sum, which {@link #gradient} differentiates, then holds it twice.
 *
 * @param labels true classes of at least these examples
 * @param loss of a pair
 */
record Pairs(Labels labels, PairLoss loss) implements LogitLoss {
  /** One optimiser step down the mean loss of the pairs; gives that mean. */
  static double train(
      TrainableModel model, Batch clean, Batch attacked, Labels labels, PairLoss loss) {
    Labels known = labels.check(model.classes());
    return model.train(Batch.concat(List.of(clean, attacked)), new Pairs(known, loss));
  }

  @Override
  public Batch values(Batch logits) {
    int pairs = logits.rows() / 2;
    float[] values = new float[logits.rows()];
    for (int i = 0; i < pairs; i++) {
      values[i] = (float) slope(logits, i).value();
      values[pairs + i] = values[i];
    }
    return logits.withValues(1, values);
  }

  @Override
  public Batch gradient(Batch logits) {
    int pairs = logits.rows() / 2;
    int classes = logits.width();
    float[] byLogit = new float[logits.rows() * classes];
    for (int i = 0; i < pairs; i++) {
      PairLoss.Slope slope = slope(logits, i);
      for (int k = 0; k < classes; k++) {
        byLogit[i * classes + k] = (float) (2 * slope.byClean(k));
        byLogit[(pairs + i) * classes + k] = (float) (2 * slope.byAttacked(k));
      }
    }
    return logits.withValues(classes, byLogit);
  }

  private PairLoss.Slope slope(Batch logits, int pair) {
    Softmax clean = Softmax.ofRow(logits, pair);
    Softmax attacked = Softmax.ofRow(logits, logits.rows() / 2 + pair);
    return loss.at(clean, attacked, labels.classOf(logits.example(pair)));
  }
}
