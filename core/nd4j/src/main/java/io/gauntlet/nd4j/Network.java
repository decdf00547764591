package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What ND4J runs, in inference mode; one caller at a time. */
interface Network {
  /** The type of all its numbers: FLOAT or DOUBLE. */
  DataType type();

  /**
   * Runs forwards and keeps what {@link #backward} needs until the next call.
   *
   * @param inputs shape (rows, the input shape); the network's from now on
   * @return scores, shape (rows, classes); the caller's to close
   */
  INDArray forward(INDArray inputs);

  /**
   * Goes back from the last {@link #forward} to its inputs; any number of times.
   *
   * @param byLogit shape of the scores; the network may write into it
   * @return shape of the inputs; the caller's to close
   */
  INDArray backward(INDArray byLogit);

  /** Lets go of what {@link #forward} kept. */
  void forget();

  /** The same parameters in training mode; replaced by {@link #resume}. */
  Learner learner();

  /**
   * Goes back to the {@link Learner#state} of a network like this, all of it or nothing.
   *
   * @throws ModelException if it is that of another network
   */
  void resume(TrainingState state);

  /** SHA-256 of architecture and parameters. */
  String digest();

  /**
   * The network cut off after each of its layers or operations in turn, in the order they run; each
   * answers what it has come to there, as one row of any number of values.
   */
  Stream<Prefix> prefixes();

  /**
   * The beginning of a network.
   *
   * @param end the last layer or operation, as a message names it
   * @param network runs up to there
   */
  record Prefix(String end, Supplier<Network> network) {}
}
