package io.gauntlet.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.util.Pair;
import io.gauntlet.model.Batch;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a block, frozen from here on: gradients by the input neither pay for gradients
 * by the parameters nor race over them.
 */
final class Parameters {
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(String name, Parameter parameter, boolean flag, boolean recorded) {
    NDArray array() {
      return parameter.getArray();
    }

    /** Of at least one axis, which a single number has not. */
    Shape shape() {
      int[] sizes =
          Arrays.stream(array().getShape().getShape()).mapToInt(Math::toIntExact).toArray();
      return sizes.length == 0 ? Shape.of(1) : Shape.of(sizes);
    }

    /** Running means and variances are moved by the forward pass, never by a gradient. */
    boolean learns() {
      return flag
          && parameter.getType() != Parameter.Type.RUNNING_MEAN
          && parameter.getType() != Parameter.Type.RUNNING_VAR;
    }
  }

  private Parameters() {}

  static Parameters freeze(Block block) {
    Parameters frozen = new Parameters();
    for (Pair<String, Parameter> named : block.getParameters()) {
      Parameter parameter = named.getValue();
      frozen.entries.add(
          new Entry(
              named.getKey(),
              parameter,
              parameter.requiresGradient(),
              parameter.getArray().hasGradient()));
      parameter.freeze(true);
    }
    return frozen;
  }

  /** Gives a block that has none its first parameters. */
  static void initialise(Block block, NDManager manager, DjlOptions options) {
    try {
      Libtorch.seed(options.seed().root()); // for initialisers of the block's own
      long position = 0;
      for (Parameter parameter : block.getParameters().values()) {
        if (HeNormal.replaces(parameter)) {
          parameter.setInitializer(new HeNormal(options.seed().forExample(position)));
        }
        position++;
      }
      block.initialize(manager, DataType.FLOAT32, Libtorch.shape(1, options.inputShape()));
    } catch (RuntimeException e) {
      throw Failure.of(
          "the block could not be initialised for inputs of " + options.inputShape(), e);
    }
  }

  void checkDevice(Device device) {
    for (Entry entry : entries) {
      if (!entry.array().getDevice().equals(device)) {
        throw new IllegalArgumentException(
            "parameters must be on the device %s of the options, but %s is on %s"
                .formatted(device, entry.name(), entry.array().getDevice()));
      }
    }
  }

  /** Puts every parameter back to how it was found. */
  void restore() {
    for (Entry entry : entries) {
      entry.parameter().freeze(!entry.flag());
      entry.array().setRequiresGradient(entry.recorded());
    }
  }

  /** Makes the next pass record what a training step needs. */
  void beginStep() {
    if (entries.stream().noneMatch(Entry::learns)) {
      throw new ModelException("a model needs a parameter that is not frozen to be trained");
    }
    for (Entry entry : entries) {
      entry.array().setRequiresGradient(entry.learns());
    }
  }

  /** All that learn, one after the other. */
  float[] values() {
    return gathered(entry -> Libtorch.floats(entry.array()));
  }

  /** The shapes of all that learn, in the order of {@link #values}. */
  List<Shape> shapes() {
    return entries.stream().filter(Entry::learns).map(Entry::shape).toList();
  }

  /** The derivative by all that learn, between {@link #beginStep} and {@link #endStep}. */
  float[] gradients() {
    return gathered(
        entry -> {
          try (NDArray gradient = entry.array().getGradient()) {
            return Libtorch.floats(gradient);
          }
        });
  }

  private float[] gathered(Function<Entry, float[]> part) {
    FloatBuffer all = FloatBuffer.allocate(size());
    for (Entry entry : entries) {
      if (entry.learns()) {
        all.put(part.apply(entry));
      }
    }
    return all.array();
  }

  private int size() {
    long size = 0;
    for (Entry entry : entries) {
      size += entry.learns() ? entry.array().size() : 0;
    }
    return Math.toIntExact(size);
  }

  /** Puts all that learn at these values. */
  void set(Batch values, NDManager manager) {
    if (values.rows() != 1 || values.width() != size()) {
      throw new IllegalArgumentException(
          "parameters must be one row of %s numbers, but were %s".formatted(size(), values));
    }
    FloatBuffer left = values.buffer();
    for (int j = 0; j < values.width(); j++) {
      if (!Float.isFinite(values.get(0, j))) {
        throw new IllegalArgumentException(
            "parameters must be finite, but number %s was %s".formatted(j, values.get(0, j)));
      }
    }
    for (Entry entry : entries) {
      if (entry.learns()) {
        NDArray array = entry.array();
        int count = Math.toIntExact(array.size());
        FloatBuffer part = left.slice(left.position(), count);
        left.position(left.position() + count);
        try (NDArray replacement = Libtorch.array(manager, part, array.getShape())) {
          array.set(new NDIndex("..."), replacement);
        }
      }
    }
  }

  void step(Optimizer optimizer) {
    try {
      for (Entry entry : entries) {
        if (entry.learns()) {
          try (NDArray gradient = entry.array().getGradient()) {
            optimizer.update(entry.name(), entry.array(), gradient);
          }
        }
      }
    } catch (RuntimeException e) {
      throw Failure.of("the parameters could not be updated", e);
    }
  }

  void endStep() {
    for (Entry entry : entries) {
      if (entry.learns()) {
        Libtorch.zeroGradient(entry.array());
        entry.array().setRequiresGradient(false);
      }
    }
  }

  /** Names, shapes and values; unlike an NPZ file, the same bytes at any time of day. */
  void identify(OutputStream out) throws IOException {
    for (Entry entry : entries) {
      String heading = entry.name() + entry.array().getShape();
      out.write(heading.getBytes(StandardCharsets.UTF_8));
      out.write(entry.array().toByteArray());
    }
  }

  /** All parameters as NPZ. */
  void write(OutputStream out) throws IOException {
    try (NDList named = named()) {
      named.encode(out, NDList.Encoding.NPZ);
    }
  }

  private NDList named() {
    NDList named = new NDList();
    for (Entry entry : entries) {
      NDArray handle = entry.array().stopGradient();
      handle.setName(entry.name());
      named.add(handle);
    }
    return named;
  }

  /** All parameters and what the optimizer remembers, as NPZ. */
  byte[] state(Memory memory, NDManager manager) {
    try (NDManager scope = manager.newSubManager();
        NDList named = named()) {
      memory.addTo(named, scope);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      named.encode(out, NDList.Encoding.NPZ);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes back to what {@link #state} gave, all of it or nothing. */
  void resume(Memory memory, NDManager manager, byte[] state) {
    try (NDManager scope = manager.newSubManager();
        InputStream in = new ByteArrayInputStream(state)) {
      NDList weights = new NDList();
      NDList remembered = new NDList();
      for (NDArray found : NDList.decode(scope, in)) {
        (Memory.holds(found) ? remembered : weights).add(found);
      }
      checkFits(weights, "a training state");
      memory.restore(remembered);
      takeOver(weights);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw Failure.of("a training state must be a whole NPZ archive, but DJL says", e);
    }
  }

  /** Takes over all parameters of an NPZ file, or none if they do not fit. */
  void read(NDManager manager, Path file) {
    try (NDManager scope = manager.newSubManager();
        InputStream in = Files.newInputStream(file)) {
      NDList found = NDList.decode(scope, in);
      checkFits(found, file.toString());
      takeOver(found);
    } catch (IOException e) {
      throw new ModelException("%s could not be read: %s".formatted(file, e), e);
    } catch (RuntimeException e) {
      throw Failure.of("%s must be a whole NPZ file, but DJL says".formatted(file), e);
    }
  }

  private void takeOver(NDList found) {
    for (Entry entry : entries) {
      entry.array().set(new NDIndex("..."), found.get(entry.name()));
    }
  }

  private void checkFits(NDList found, String file) {
    for (Entry entry : entries) {
      checkFits(entry, found.get(entry.name()), file);
    }
    if (found.size() != entries.size()) {
      throw new ModelException(
          "%s must hold the %s parameters of this network, but holds %s"
              .formatted(file, entries.size(), found.size()));
    }
  }

  private static void checkFits(Entry entry, @Nullable NDArray found, String file) {
    if (found == null || !found.getShape().equals(entry.array().getShape())) {
      throw new ModelException(
          "%s must hold %s of shape %s, but holds %s"
              .formatted(
                  file,
                  entry.name(),
                  entry.array().getShape(),
                  found == null ? "none" : found.getShape()));
    }
  }
}
