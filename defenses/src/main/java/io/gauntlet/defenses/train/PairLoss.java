package io.gauntlet.defenses.train;

/** A loss of one example, given the model's answers to it clean and attacked. */
@FunctionalInterface
interface PairLoss {
  /**
   * The loss, and its derivatives by the logits of both answers.
   *
   * @param clean answer to the example as it is
   * @param attacked answer to what the attacker made of it
   * @param label its true class
   */
  Slope at(Softmax clean, Softmax attacked, int label);

  /** The value of a loss, and its derivatives where it was taken. */
  final class Slope {
    private final double value;
    private final double[] byClean;
    private final double[] byAttacked;

    Slope(double value, double[] byClean, double[] byAttacked) {
      this.value = value;
      this.byClean = byClean;
      this.byAttacked = byAttacked;
    }

    double value() {
      return value;
    }

    double byClean(int k) {
      return byClean[k];
    }

    double byAttacked(int k) {
      return byAttacked[k];
    }
  }
}
