package io.gauntlet.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@link Network} as it learns. */
interface Learner {
  /**
   * Starts a training step: runs forwards in training mode.
   *
   * @param inputs shape (rows, the input shape); the network's from now on
   * @return scores, shape (rows, classes); the caller's to close
   */
  INDArray forward(INDArray inputs);

  /** Ends the step: goes back from {@link #forward} and moves all parameters that learn. */
  void learn(INDArray byLogit);

  /** Whether a step goes back as far as the inputs, and shows what it finds there. */
  boolean goesBackToInputs();

  /**
   * As {@link #learn}, where a step {@link #goesBackToInputs}.
   *
   * @return shape of the inputs; the caller's to close
   */
  INDArray learnAndDifferentiate(INDArray byLogit);

  /** Size of the next step. */
  float learningRate();

  /** Makes the steps from now on this large. */
  void setLearningRate(float learningRate);

  /**
   * All that the next steps depend on.
   *
   * @param steps begun so far
   */
  TrainingState state(int steps);
}
