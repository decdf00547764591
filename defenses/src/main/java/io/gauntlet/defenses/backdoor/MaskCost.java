package io.gauntlet.defenses.backdoor;

/** The price of the mask: it rises while the trigger works and falls while it does not. */
final class MaskCost {
  private final NeuralCleanse settings;
  private float value; // 0 until a trigger has worked for the first time
  private int worked;
  private int failed;
  private boolean risen;
  private boolean fallen;

  MaskCost(NeuralCleanse settings) {
    this.settings = settings;
  }

  float value() {
    return value;
  }

  /** Whether the price has both risen and fallen. */
  boolean hasTurned() {
    return risen && fallen;
  }

  /** Hears whether the trigger of one more step works. */
  void adjust(boolean works) {
    worked = works ? worked + 1 : 0;
    failed = works ? 0 : failed + 1;
    if (worked >= settings.patience()) {
      worked = 0;
      rise();
    } else if (failed >= settings.patience()) {
      failed = 0;
      value /= (float) Math.pow(settings.costMultiplier(), 1.5);
      fallen |= value > 0;
    }
  }

  private void rise() {
    if (value == 0) {
      value = settings.initialCost();
    } else {
      value *= settings.costMultiplier();
      risen = true;
    }
  }
}
