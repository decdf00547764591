package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file needs operators that cannot be differentiated here; its scores can be had all the same.
 */
public final class UnsupportedOperatorException extends ModelException {
  private static final long serialVersionUID = 1L;

  private final List<String> nodes;

  UnsupportedOperatorException(Path file, List<String> nodes) {
    super(
        "%s cannot be differentiated because of %s: %s; OnnxRuntimeModel opens it for its scores"
            .formatted(
                file,
                nodes.size() == 1 ? "1 node" : nodes.size() + " nodes",
                String.join("; ", nodes)));
    this.nodes = List.copyOf(nodes);
  }

  /** Operator and name of every node at fault, with the reason where the operator is known. */
  public List<String> nodes() {
    return nodes;
  }
}
