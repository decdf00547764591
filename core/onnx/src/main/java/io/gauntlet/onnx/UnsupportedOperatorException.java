package io.gauntlet.onnx;

import io.gauntlet.model.ModelException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file needs operators that cannot be differentiated, or read as layers; its scores can be had
 * all the same.
 */
public final class UnsupportedOperatorException extends ModelException {
  private static final long serialVersionUID = 1L;

  private final List<String> nodes;

  UnsupportedOperatorException(Path file, List<String> nodes) {
    this(file, "be differentiated", nodes, "OnnxRuntimeModel opens it for its scores");
  }

  private UnsupportedOperatorException(
      Path file, String what, List<String> nodes, String otherwise) {
    super(
        "%s cannot %s because of %s: %s; %s"
            .formatted(
                file,
                what,
                nodes.size() == 1 ? "1 node" : nodes.size() + " nodes",
                String.join("; ", nodes),
                otherwise));
    this.nodes = List.copyOf(nodes);
  }

  /** For a file whose layers are not all known ones. */
  static UnsupportedOperatorException unreadable(Path file, List<String> nodes) {
    return new UnsupportedOperatorException(
        file, "be read as layers", nodes, "OnnxModel opens it for attacks");
  }

  /** Operator and name of every node at fault, with the reason where the operator is known. */
  public List<String> nodes() {
    return nodes;
  }
}
