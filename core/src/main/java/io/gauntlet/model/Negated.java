package io.gauntlet.model;

/** Minus a loss. */
record Negated(LogitLoss loss) implements LogitLoss {
  @Override
  public Batch values(Batch logits) {
    return loss.values(logits).times(-1);
  }

  @Override
  public Batch gradient(Batch logits) {
    return loss.gradient(logits).times(-1);
  }

  @Override
  public LogitLoss negated() {
    return loss;
  }
}
