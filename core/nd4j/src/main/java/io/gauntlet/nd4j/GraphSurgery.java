package io.gauntlet.nd4j;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;

/** What must become of a SameDiff graph, and what may not be in it, before it answers gradients. */
final class GraphSurgery {
  private static final Set<String> WITHOUT_DERIVATIVE =
      Set.of(
          "prelu",
          "gather",
          "gather_nd",
          "reduce_logsumexp",
          "image_resize",
          "resize_area",
          "resize_bicubic",
          "resize_bilinear",
          "resize_nearest_neighbor",
          "crop_and_resize",
          "non_max_suppression");
  private static final Set<String> WRONG_DERIVATIVE = Set.of("precise_gelu");
  private static final Set<String> CONTROL_FLOW =
      Set.of("switch", "merge", "enter", "exit", "next_iteration", "loop_cond", "while", "if");
  private static final Set<String> CONVOLUTIONS = Set.of("conv2d", "depthwise_conv2d", "sconv2d");
  private static final int WEIGHTS_FORMAT = 10;
  private static final Set<String> RANDOM_IN_INFERENCE = Set.of("dropout", "alpha_dropout");
  private static final String DROPOUT = "dropout_inverted";

  private final SameDiff graph;
  private final String input;
  private String scores;

  private GraphSurgery(SameDiff graph, String input, String scores) {
    this.graph = graph;
    this.input = input;
    this.scores = scores;
  }

  /** Scores under a softmax, where {@code scores} is one; else {@code scores}. */
  static String uncovered(SameDiff graph, String scores) {
    SameDiffOp producer = GraphPath.producer(graph, scores);
    return producer != null && producer.getOp().opName().equals("softmax")
        ? producer.getInputsToOp().get(0)
        : scores;
  }

  /** Says no to the first operation that ND4J cannot be trusted with, by name. */
  static void refuse(GraphPath path) {
    for (SameDiffOp operation : path.operations()) {
      String kind = operation.getOp().opName();
      String name = "operation " + operation.getName() + " (" + kind + ")";
      Refusal.check(
          !WITHOUT_DERIVATIVE.contains(kind),
          "%s has no working derivative in ND4J".formatted(name));
      Refusal.check(
          !WRONG_DERIVATIVE.contains(kind),
          "%s has a derivative in ND4J that is wrong".formatted(name));
      Refusal.check(
          !CONTROL_FLOW.contains(kind),
          "%s is control flow, which cannot be gone back through".formatted(name));
      Refusal.check(
          !RANDOM_IN_INFERENCE.contains(kind),
          "%s drops out in inference too; only dropoutInverted can be left out".formatted(name));
      if (operation.getOp() instanceof DynamicCustomOp custom) {
        long[] integers = custom.iArgs();
        Refusal.check(
            !(CONVOLUTIONS.contains(kind)
                && integers.length > WEIGHTS_FORMAT
                && integers[WEIGHTS_FORMAT] != 0),
            "%s has weights in another layout than YXIO, whose gradients ND4J gets wrong"
                .formatted(name));
        Refusal.check(
            !(kind.equals("log_softmax") && integers.length > 0),
            "%s names a dimension, along which ND4J has no working derivative".formatted(name));
      }
    }
  }

  /**
   * Prepares {@code graph} itself; the name of the variable that has the scores afterwards.
   *
   * @param shape of an input, for which the graph is run where it does not tell its own shapes
   */
  static String prepare(SameDiff graph, String input, String scores, Shape shape) {
    GraphSurgery surgery = new GraphSurgery(graph, input, scores);
    surgery.leaveOutDropout();
    surgery.writeOutBatchNorm(shape);
    return surgery.scores;
  }

  private List<SameDiffOp> operations() {
    return GraphPath.of(graph, input, scores).operations();
  }

  /** Lets everything through where dropout was. */
  private void leaveOutDropout() {
    for (SameDiffOp operation : operations()) {
      if (operation.getOp().opName().equals(DROPOUT)) {
        reroute(operation.getOutputsOfOp().get(0), operation.getInputsToOp().get(0));
      }
    }
  }

  /** Writes batch norm, whose derivative ND4J cannot make, as the arithmetic it is. */
  private void writeOutBatchNorm(Shape shape) {
    for (SameDiffOp operation : operations()) {
      if (operation.getOp() instanceof BatchNorm norm) {
        List<String> names = operation.getInputsToOp();
        long[] aligned = perChannel(norm, rank(names.get(0), shape));
        List<SDVariable> statistics = new ArrayList<>();
        for (String name : names.subList(1, names.size())) {
          statistics.add(graph.getVariable(name).reshape(aligned));
        }
        boolean scaled = norm.iArgs()[0] != 0;
        boolean shifted = norm.iArgs()[1] != 0;
        SDVariable scale = graph.math().rsqrt(statistics.get(1).add(norm.tArgs()[0]));
        if (scaled) {
          scale = scale.mul(statistics.get(2));
        }
        SDVariable after = graph.getVariable(names.get(0)).sub(statistics.get(0)).mul(scale);
        if (shifted) {
          after = after.add(statistics.get(scaled ? 3 : 2));
        }
        reroute(operation.getOutputsOfOp().get(0), after.name());
      }
    }
  }

  private int rank(String variable, Shape shape) {
    INDArray zeros = Rows.of(Batch.of(new float[shape.size()]), shape, DataType.FLOAT);
    int rank = graph.outputSingle(Map.of(input, zeros), variable).rank();
    graph.getSessions().clear();
    return rank;
  }

  /** The shape in which one value for each channel meets an array of that rank. */
  private static long[] perChannel(BatchNorm norm, int rank) {
    long[] integers = norm.iArgs();
    int axis = integers.length > 2 ? (int) integers[2] : rank - 1;
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[axis < 0 ? axis + rank : axis] = -1;
    return shape;
  }

  /** Whoever reads {@code from} reads {@code to} from now on. */
  private void reroute(String from, String to) {
    if (scores.equals(from)) {
      scores = to;
    }
    Variable source = GraphPath.variable(graph, from);
    List<String> readers = source.getInputsForOp();
    if (readers == null) {
      return;
    }
    Variable target = GraphPath.variable(graph, to);
    List<String> all = new ArrayList<>();
    if (target.getInputsForOp() != null) {
      all.addAll(target.getInputsForOp());
    }
    for (String reader : readers) {
      SameDiffOp operation = GraphPath.operation(graph, reader);
      List<String> inputs = new ArrayList<>(operation.getInputsToOp());
      Collections.replaceAll(inputs, from, to);
      operation.setInputsToOp(inputs);
      if (!all.contains(reader)) {
        all.add(reader);
      }
    }
    target.setInputsForOp(all);
    source.setInputsForOp(new ArrayList<>());
  }
}
