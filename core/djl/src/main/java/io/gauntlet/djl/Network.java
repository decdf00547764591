package io.gauntlet.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import io.gauntlet.model.ModelException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A block together with the way it is run and kept. */
sealed interface Network {
  static Network of(Block block) {
    return Libtorch.isTorchScript(block) ? new TorchScript(block) : new Layers(block);
  }

  Block block();

  /** What it is, for messages and fingerprints. */
  String kind();

  /**
   * The same without its last layer.
   *
   * @throws ModelException if that cannot be told
   */
  Network features();

  /** Runs the network; what it makes lives in the input's manager. */
  NDList forward(NDArray input, boolean training);

  /** Its first layer, where there is a faster way back through it than libtorch's. */
  Optional<Stem> stem();

  /** Goes into evaluation mode; called before the first pass and after every one in training. */
  void evaluate();

  /** What a file of this network holds. */
  void write(Parameters parameters, OutputStream out) throws IOException;

  /** Bytes that differ where the network's numbers do, and only there. */
  void identify(Parameters parameters, OutputStream out) throws IOException;

  /** Takes over what {@link #write} wrote. */
  void read(Parameters parameters, NDManager manager, Path file);

  /** All that the next training steps depend on. */
  byte[] state(Parameters parameters, Memory memory, NDManager manager);

  /** Goes back to what {@link #state} gave, all of it or nothing. */
  void resume(Parameters parameters, Memory memory, NDManager manager, byte[] state);

  /** Layers written with DJL; every pass says which mode it is in. */
  record Layers(Block block, Optional<Stem> stem) implements Network {
    Layers(Block block) {
      this(block, Stem.of(block));
    }

    @Override
    public String kind() {
      return block.getClass().getSimpleName();
    }

    @Override
    public Network features() {
      if (block instanceof SequentialBlock layers && layers.getChildren().size() > 1) {
        List<Block> children = layers.getChildren().values();
        return new Layers(new SequentialBlock().addAll(children.subList(0, children.size() - 1)));
      }
      throw new ModelException(
          "features need a SequentialBlock of at least two layers, but this is a " + kind());
    }

    @Override
    public NDList forward(NDArray input, boolean training) {
      ParameterStore store = new ParameterStore(input.getManager(), false);
      return block.forward(store, new NDList(input), training);
    }

    @Override
    public void evaluate() {
      // there is no mode to leave
    }

    @Override
    public void write(Parameters parameters, OutputStream out) throws IOException {
      parameters.write(out);
    }

    @Override
    public void identify(Parameters parameters, OutputStream out) throws IOException {
      parameters.identify(out);
    }

    @Override
    public void read(Parameters parameters, NDManager manager, Path file) {
      parameters.read(manager, file);
    }

    @Override
    public byte[] state(Parameters parameters, Memory memory, NDManager manager) {
      return parameters.state(memory, manager);
    }

    @Override
    public void resume(Parameters parameters, Memory memory, NDManager manager, byte[] state) {
      parameters.resume(memory, manager, state);
    }
  }

  /** A TorchScript module, which has a mode and keeps it. */
  record TorchScript(Block block) implements Network {
    @Override
    public String kind() {
      return "TorchScript";
    }

    @Override
    public Optional<Stem> stem() {
      return Optional.empty();
    }

    @Override
    public Network features() {
      throw new ModelException(
          "features need a network made of layers, but TorchScript shows its last layer only");
    }

    @Override
    public NDList forward(NDArray input, boolean training) {
      if (training) {
        Libtorch.setTraining(block, true);
      }
      return Libtorch.forward(block, input);
    }

    @Override
    public void evaluate() {
      Libtorch.setTraining(block, false);
    }

    @Override
    public void write(Parameters parameters, OutputStream out) {
      Libtorch.write(block, out);
    }

    @Override
    public void identify(Parameters parameters, OutputStream out) {
      write(parameters, out);
    }

    @Override
    public void read(Parameters parameters, NDManager manager, Path file) {
      throw new ModelException(
          "parameters can be loaded into a block only, not into TorchScript; open %s as a model"
              .formatted(file));
    }

    @Override
    public byte[] state(Parameters parameters, Memory memory, NDManager manager) {
      throw stateless();
    }

    @Override
    public void resume(Parameters parameters, Memory memory, NDManager manager, byte[] state) {
      throw stateless();
    }

    private static ModelException stateless() {
      return new ModelException(
          "the state of a training needs a network made of layers, but TorchScript does not show"
              + " all its buffers");
    }
  }
}
