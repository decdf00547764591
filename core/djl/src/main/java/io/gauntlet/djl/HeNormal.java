package io.gauntlet.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import java.util.random.RandomGenerator;

/**
 * DJL's own start of a weight, normal with variance 2 / inputs, from a generator of its own:
 * neither device nor whoever else draws from libtorch changes it.
 */
record HeNormal(RandomGenerator random) implements Initializer {
  static boolean replaces(Parameter parameter) {
    return parameter.getType() == Parameter.Type.WEIGHT
        && (parameter.getInitializer() == Parameter.Type.WEIGHT.getInitializer()
            || parameter.getInitializer() instanceof HeNormal);
  }

  @Override
  public NDArray initialize(NDManager manager, Shape shape, DataType dataType) {
    int size = Math.toIntExact(shape.size());
    long inputs = shape.dimension() < 2 ? size : size / shape.get(0);
    double deviation = Math.sqrt(2.0 / inputs);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return manager.create(values, shape).toType(dataType, false);
  }
}
