package io.gauntlet.model;

/** A trainable model whose learning rate can be changed between steps; what schedules ask for. */
public interface ScheduledModel extends TrainableModel {
  /** Size of the next step: the optimiser's own learning rate until another is set. */
  float learningRate();

  /**
   * Makes the steps from now on this large; what the optimiser remembers stays.
   *
   * @param learningRate finite, not negative
   */
  void setLearningRate(float learningRate);
}
