package io.gauntlet.onnx;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A model that is shown one input at a time. */
record OneByOne(DifferentiableModel behind) implements FrontModel, DifferentiableModel {
  @Override
  public Batch logits(Batch inputs) {
    if (inputs.rows() < 2) {
      return behind.logits(inputs);
    }
    return inputs.answeredBy(
        Batch.concat(rows(inputs).map(i -> behind.logits(inputs.slice(i, i + 1))).toList()));
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    if (inputs.rows() < 2) {
      return behind.forward(inputs);
    }
    List<ForwardPass> passes = new ArrayList<>();
    try {
      rows(inputs).forEach(i -> passes.add(behind.forward(inputs.slice(i, i + 1))));
      return new Passes(inputs, passes);
    } catch (RuntimeException e) {
      passes.forEach(ForwardPass::close);
      throw e;
    }
  }

  private static Stream<Integer> rows(Batch inputs) {
    return IntStream.range(0, inputs.rows()).boxed();
  }

  /** One pass for each row. */
  private record Passes(Batch inputs, List<ForwardPass> passes) implements ForwardPass {
    @Override
    public Batch logits() {
      return inputs.answeredBy(Batch.concat(passes.stream().map(ForwardPass::logits).toList()));
    }

    @Override
    public Batch backward(Batch byLogit) {
      if (byLogit.rows() != passes.size()) {
        throw new IllegalArgumentException(
            "weights of the logits must have %s rows like the logits, but had %s"
                .formatted(passes.size(), byLogit.rows()));
      }
      return inputs.answeredBy(
          Batch.concat(
              rows(byLogit).map(i -> passes.get(i).backward(byLogit.slice(i, i + 1))).toList()));
    }

    @Override
    public void close() {
      passes.forEach(ForwardPass::close);
    }
  }
}
