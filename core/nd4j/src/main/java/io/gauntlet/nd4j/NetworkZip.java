package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataBuffer.AllocationMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads the zip that DL4J's {@code ModelSerializer} writes, without it: that would also open what
 * Java objects a zip brings along, and set aside whatever memory its numbers ask for.
 */
final class NetworkZip {
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final int LONGEST_CONFIGURATION = 1 << 26;
  private static final int LARGEST_SHAPE = 2 * 32 + 4;

  private NetworkZip() {}

  /** A {@link MultiLayerNetwork} or a {@link ComputationGraph}. */
  static Model read(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String configuration = configuration(file, zip);
      INDArray parameters = parameters(file, zip);
      return network(configuration, parameters);
    } catch (ZipException e) {
      throw new ModelException("%s must be a zip of DL4J, but is none: %s".formatted(file, e), e);
    } catch (IOException e) {
      throw new ModelException("%s could not be read: %s".formatted(file, e), e);
    } catch (StackOverflowError e) { // what deep JSON does to its reader
      throw new ModelException(
          "%s must hold a network's configuration, but it is nested without end".formatted(file),
          e);
    } catch (RuntimeException e) {
      throw Failure.of("%s must be a network that DL4J saved, but DL4J says".formatted(file), e);
    }
  }

  private static String configuration(Path file, ZipFile zip) throws IOException {
    try (InputStream in = open(file, zip, CONFIGURATION)) {
      byte[] bytes = in.readNBytes(LONGEST_CONFIGURATION + 1);
      Refusal.check(
          bytes.length <= LONGEST_CONFIGURATION,
          "%s must have at most %s bytes of %s, but has more"
              .formatted(file, LONGEST_CONFIGURATION, CONFIGURATION));
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(Path file, ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    Refusal.check(entry != null, "%s must hold %s, but does not".formatted(file, name));
    return zip.getInputStream(entry);
  }

  /**
   * One row of all parameters, after two headers: that of the shape, which is known, and its own.
   */
  private static INDArray parameters(Path file, ZipFile zip) throws IOException {
    try (InputStream entry = open(file, zip, COEFFICIENTS)) {
      DataInputStream in = new DataInputStream(entry);
      Header shape = Header.read(in);
      Refusal.check(
          shape.length >= 0 && shape.length <= LARGEST_SHAPE,
          "the parameters in %s must have a shape of at most %s numbers, but it has %s"
              .formatted(file, LARGEST_SHAPE, shape.length));
      in.skipNBytes(shape.length * shape.type.width());
      Header header = Header.read(in);
      Refusal.check(
          header.type == DataType.FLOAT || header.type == DataType.DOUBLE,
          "the parameters in %s must be FLOAT or DOUBLE, but are %s".formatted(file, header.type));
      byte[] bytes = in.readAllBytes();
      Refusal.check(
          header.length == bytes.length / header.type.width()
              && bytes.length % header.type.width() == 0,
          "%s must hold as many parameters as it says, but says %s and has %s bytes"
              .formatted(file, header.length, bytes.length));
      return row(new DataInputStream(new ByteArrayInputStream(bytes)), header);
    }
  }

  private static INDArray row(DataInputStream in, Header header) throws IOException {
    long[] sizes = {1, header.length};
    if (header.type == DataType.FLOAT) {
      float[] values = new float[Math.toIntExact(header.length)];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readFloat();
      }
      return Nd4j.create(values, sizes, 'c');
    }
    double[] values = new double[Math.toIntExact(header.length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return Nd4j.create(values, sizes, 'c');
  }

  private static Model network(String configuration, INDArray parameters) {
    if (configuration.contains("\"vertices\"")) {
      ComputationGraph graph =
          new ComputationGraph(ComputationGraphConfiguration.fromJson(configuration));
      graph.init(parameters, false);
      return graph;
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration));
    network.init(parameters, false);
    return network;
  }

  /** What ND4J writes before numbers. */
  private record Header(long length, DataType type) {
    /** Modes of versions that counted in 32 bits. */
    private static final Set<String> SHORT = Set.of("DIRECT", "HEAP", "JAVACPP");

    static Header read(DataInputStream in) throws IOException {
      AllocationMode mode = AllocationMode.valueOf(in.readUTF());
      long length = SHORT.contains(mode.name()) ? in.readInt() : in.readLong();
      return new Header(length, DataType.valueOf(in.readUTF()));
    }
  }
}
