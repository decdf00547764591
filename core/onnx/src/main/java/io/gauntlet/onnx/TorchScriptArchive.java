package io.gauntlet.onnx;

import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.model.ModelException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A module as {@code torch.jit.save} writes it: a zip file, nothing in it compressed, with the
 * script, a pickle that gives the module its tensors, and the bytes of each.
 */
record TorchScriptArchive(String code, List<Tensor> weights) {
  private static final String ROOT = "net/";
  private static final long DEEPEST = 1 << 23;
  private static final long DEEPEST_A_LINE = 1 << 14;

  /** Runs it in libtorch, which reads archives from files only. */
  DjlModel load(DjlOptions options) {
    try {
      Path file = Files.createTempFile("gauntlet", ".pt");
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
          writeTo(out);
        }
        return onDeepStack(() -> DjlModel.torchScript(file, options));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a temporary file cannot be written", e);
    }
  }

  /** libtorch reads scripts by recursion, line within line: a long one overruns a usual stack. */
  private DjlModel onDeepStack(Callable<DjlModel> loading) {
    FutureTask<DjlModel> task = new FutureTask<>(loading);
    new Thread(null, task, "gauntlet-onnx", DEEPEST + code.lines().count() * DEEPEST_A_LINE)
        .start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new ModelException("the network cannot be loaded: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelException("loading the network was interrupted", e);
    }
  }

  private void writeTo(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    entry(zip, "data.pkl", ByteBuffer.wrap(module()));
    entry(zip, "code/__torch__.py", ByteBuffer.wrap(code.getBytes(StandardCharsets.UTF_8)));
    entry(zip, "constants.pkl", ByteBuffer.wrap(new Pickle().emptyTuple().stop()));
    entry(zip, "version", ascii("10\n")); // of the operators' meaning: the newest of libtorch 2.7
    entry(zip, "byteorder", ascii("little"));
    for (int i = 0; i < weights.size(); i++) {
      entry(zip, "data/" + i, weights.get(i).content().get().duplicate());
    }
    zip.finish();
  }

  private byte[] module() {
    Pickle pickle = new Pickle().global("__torch__", "Net").emptyTuple().newObject();
    pickle.emptyDictionary().mark();
    for (int i = 0; i < weights.size(); i++) {
      tensor(pickle.text("w" + i), weights.get(i), i);
    }
    pickle.text("training").bool(false).text("_is_full_backward_hook").none();
    return pickle.setItems().build().stop();
  }

  private static void tensor(Pickle pickle, Tensor tensor, int key) {
    pickle.global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle.mark().text("storage").global("torch", tensor.type().storage());
    pickle.text(Integer.toString(key)).text("cpu").integer(tensor.count()).tuple().persistentId();
    pickle.integer(0).mark();
    tensor.sizes().forEach(pickle::integer);
    pickle.tuple().mark();
    for (int axis = 0; axis < tensor.sizes().size(); axis++) {
      pickle.integer(
          tensor.sizes().subList(axis + 1, tensor.sizes().size()).stream()
              .reduce(1L, (a, b) -> a * b));
    }
    pickle.tuple().bool(tensor.type().isReal()).global("collections", "OrderedDict");
    pickle.emptyTuple().reduce().tuple().reduce();
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void entry(ZipOutputStream zip, String name, ByteBuffer content)
      throws IOException {
    CRC32 sum = new CRC32();
    sum.update(content.duplicate());
    ZipEntry entry = new ZipEntry(ROOT + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.remaining());
    entry.setCrc(sum.getValue());
    entry.setTime(315_532_800_000L); // the same bytes at any time of day; zip begins in 1980
    zip.putNextEntry(entry);
    WritableByteChannel channel = Channels.newChannel(zip);
    while (content.hasRemaining()) {
      channel.write(content);
    }
    zip.closeEntry();
  }
}
