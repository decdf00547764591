package io.gauntlet.onnx;

import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import java.util.Optional;

/**
 * What an ONNX file does not say.
 *
 * @param inputShape shape of one example, without the batch axis; needed where the file leaves axes
 *     open
 * @param output the value that is taken as the scores, which need not be an output of the file;
 *     empty for the first output that can be
 * @param domain legal values of the features, before normalisation
 * @param normalisation what happens to the features before the network sees them
 * @param threads threads of one call; 1 to 1024
 * @param tolerance largest difference to ONNX Runtime at which an import is accepted, relative to
 *     the largest score where that exceeds 1; positive
 */
public record OnnxOptions(
    Optional<Shape> inputShape,
    Optional<String> output,
    Domain domain,
    Normalisation normalisation,
    int threads,
    float tolerance) {
  /** Checks the ranges. */
  public OnnxOptions {
    Check.atLeast(1, threads, "threads");
    Check.positive(tolerance, "tolerance");
  }

  /**
   * Shape and output as the file says, features in [0, 1] that the network sees as they are, one
   * thread, a tolerance of 1e-4.
   */
  public static OnnxOptions standard() {
    return new OnnxOptions(
        Optional.empty(), Optional.empty(), Domain.UNIT, Normalisation.NONE, 1, 1e-4f);
  }

  /** The shape of one example. */
  public OnnxOptions withInputShape(Shape newShape) {
    return new OnnxOptions(
        Optional.of(newShape), output, domain, normalisation, threads, tolerance);
  }

  /** Another value as the scores: what goes into a final softmax, say. */
  public OnnxOptions withOutput(String newOutput) {
    return new OnnxOptions(
        inputShape, Optional.of(newOutput), domain, normalisation, threads, tolerance);
  }

  /** Other legal values. */
  public OnnxOptions withDomain(Domain newDomain) {
    return new OnnxOptions(inputShape, output, newDomain, normalisation, threads, tolerance);
  }

  /** Another normalisation. */
  public OnnxOptions withNormalisation(Normalisation newNormalisation) {
    return new OnnxOptions(inputShape, output, domain, newNormalisation, threads, tolerance);
  }

  /** Another number of threads for each call. */
  public OnnxOptions withThreads(int newThreads) {
    return new OnnxOptions(inputShape, output, domain, normalisation, newThreads, tolerance);
  }

  /** Another tolerance. */
  public OnnxOptions withTolerance(float newTolerance) {
    return new OnnxOptions(inputShape, output, domain, normalisation, threads, newTolerance);
  }

  /** The same for libtorch; checks that the normalisation fits the shape. */
  DjlOptions torch(Shape shape) {
    return DjlOptions.of(shape)
        .withDomain(domain)
        .withNormalisation(normalisation)
        .withThreads(threads);
  }

  /** What the network sees of the inputs, row by row. */
  float[] seen(Batch inputs, Shape shape) {
    float[] values = new float[inputs.rows() * inputs.width()];
    inputs.buffer().get(values);
    if (!normalisation.equals(Normalisation.NONE)) {
      int channels = normalisation.mean().size();
      int run = shape.size() / channels;
      for (int i = 0; i < values.length; i++) {
        int channel = i / run % channels;
        values[i] =
            (values[i] - normalisation.mean().get(channel)) / normalisation.std().get(channel);
      }
    }
    return values;
  }

  /** The end of a fingerprint. */
  String normalised() {
    return normalisation.equals(Normalisation.NONE) ? "" : ", " + normalisation;
  }
}
