package io.gauntlet.nd4j;

import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network whose answer may have any shape, as one row of values for each input. */
final class Flattened implements Network {
  private final Network network;
  private long[] shape = {};

  Flattened(Network network) {
    this.network = network;
  }

  @Override
  public DataType type() {
    return network.type();
  }

  @Override
  public INDArray forward(INDArray inputs) {
    INDArray answer = network.forward(inputs);
    shape = answer.shape();
    return answer.dup('c').reshape('c', shape[0], -1);
  }

  @Override
  public INDArray backward(INDArray byLogit) {
    return network.backward(byLogit.reshape('c', shape));
  }

  @Override
  public void forget() {
    network.forget();
  }

  @Override
  public Learner learner() {
    throw new UnsupportedOperationException("the beginning of a network is not trained");
  }

  @Override
  public void resume(TrainingState state) {
    throw new UnsupportedOperationException("the beginning of a network is not trained");
  }

  @Override
  public String digest() {
    return network.digest();
  }

  @Override
  public Stream<Prefix> prefixes() {
    return Stream.empty();
  }
}
