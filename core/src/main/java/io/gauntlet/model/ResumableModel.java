package io.gauntlet.model;

/**
 * A trainable model whose training can be put aside and taken up again; what checkpoints and early
 * stopping ask for. None of this may run while another thread uses the model.
 */
public interface ResumableModel extends TrainableModel {
  /**
   * All that the next training steps depend on: parameters, the running statistics of batch norm,
   * what the optimiser remembers, the learning rate, the number of steps so far.
   *
   * @return bytes for {@link #resume}, in a format of the model's own
   */
  byte[] trainingState();

  /**
   * Goes back to what {@link #trainingState} gave, all of it or nothing: the same steps from there
   * on give the same weights.
   *
   * @param state of this model, or of another one that was made in the same way
   * @throws ModelException if these bytes are not such a state, or that of another network
   */
  void resume(byte[] state);
}
