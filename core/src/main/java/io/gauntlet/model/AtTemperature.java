package io.gauntlet.model;

/** A loss over logits that are divided by a temperature first. */
record AtTemperature(LogitLoss loss, float temperature) implements LogitLoss {
  AtTemperature {
    Check.positive(temperature, "temperature");
  }

  @Override
  public Batch values(Batch logits) {
    return loss.values(logits.times(1 / temperature));
  }

  @Override
  public Batch gradient(Batch logits) {
    return loss.gradient(logits.times(1 / temperature)).times(1 / temperature);
  }
}
