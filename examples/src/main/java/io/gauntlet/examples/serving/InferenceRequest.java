package io.gauntlet.examples.serving;

import io.gauntlet.model.Batch;
import java.util.Optional;
import java.util.Set;

/**
 * A question in the Open Inference Protocol.
 *
 * @param id repeated in the answer
 * @param inputs shape (rows, features)
 * @param outputs what is asked for; not empty
 */
record InferenceRequest(Optional<String> id, Batch inputs, Set<Output> outputs) {
  static final String INPUT = "features";

  InferenceRequest {
    outputs = Set.copyOf(outputs);
  }
}
