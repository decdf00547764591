package io.gauntlet.examples;

import ai.djl.Device;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.djl.DjlOptions;
import io.gauntlet.djl.Normalisation;
import io.gauntlet.http.HttpModel;
import io.gauntlet.http.HttpOptions;
import io.gauntlet.http.OpenInference;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.nd4j.Nd4jOptions;
import io.gauntlet.nd4j.NetworkModel;
import io.gauntlet.nd4j.SameDiffModel;
import io.gauntlet.onnx.OnnxModel;
import io.gauntlet.onnx.OnnxOptions;
import io.gauntlet.onnx.OnnxRuntimeModel;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the model under test is, and how to open it: by the ending of a file, or by address.
 *
 * @param text a file or an http(s) address
 * @param domain legal values of the features
 * @param normalisation what happens to the features before the network sees them
 * @param shape shape of one input, where the user names it
 * @param input name of the variable or tensor that takes the features, where the user names it
 * @param output name of the scores, where the user names it
 * @param gradients who computes the gradients of an ONNX file, where the user says so
 * @param gpu whether to compute on CUDA
 * @param headers header fields for a server
 */
record ModelSource(
    String text,
    Domain domain,
    Normalisation normalisation,
    Optional<Shape> shape,
    Optional<String> input,
    Optional<String> output,
    Optional<Gradients> gradients,
    boolean gpu,
    Supplier<Map<String, String>> headers) {
  /** Who computes the gradients of an ONNX file. */
  enum Gradients {
    torch,
    onnxruntime
  }

  private enum Kind {
    TORCHSCRIPT,
    ONNX,
    DL4J,
    SAMEDIFF,
    SERVER
  }

  /**
   * Opens the model.
   *
   * @param ofData shape of one example of the data, for models that do not know theirs
   * @throws IllegalArgumentException if the ending is unknown, or an option does not fit the model
   */
  Subject open(Shape ofData) {
    Kind kind = kind();
    requireFitting(kind);
    Shape known = shape.orElse(ofData);
    return switch (kind) {
      case TORCHSCRIPT -> torchScript(known);
      case ONNX -> onnx();
      case DL4J ->
          new Subject.WhiteBox(
              NetworkModel.open(Path.of(text), Nd4jOptions.of(known).withDomain(domain)));
      case SAMEDIFF -> sameDiff(Nd4jOptions.of(known).withDomain(domain));
      case SERVER -> new Subject.BlackBox(server());
    };
  }

  private Kind kind() {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return Kind.SERVER;
    }
    return switch (lower.substring(lower.lastIndexOf('.') + 1)) {
      case "pt", "pth", "torchscript" -> Kind.TORCHSCRIPT;
      case "onnx" -> Kind.ONNX;
      case "zip" -> Kind.DL4J;
      case "fb", "sd" -> Kind.SAMEDIFF;
      default ->
          throw new IllegalArgumentException(
              "a model must be a file that ends in .pt (TorchScript), .onnx, .zip (DL4J), .fb or .sd"
                  + " (SameDiff), or an http(s) address, but was "
                  + text);
    };
  }

  private void requireFitting(Kind kind) {
    require(kind == Kind.ONNX || gradients.isEmpty(), "--gradients is for .onnx files");
    require(
        kind != Kind.SAMEDIFF || input.isPresent() == output.isPresent(),
        "--input and --output go together for a SameDiff file");
    require(kind == Kind.TORCHSCRIPT || !gpu, "--device=gpu is for TorchScript files");
    require(
        kind == Kind.SAMEDIFF || kind == Kind.SERVER || input.isEmpty(),
        "--input is for SameDiff files and servers");
    require(
        kind == Kind.ONNX || kind == Kind.SAMEDIFF || kind == Kind.SERVER || output.isEmpty(),
        "--output is for .onnx and SameDiff files and servers");
    require(
        kind == Kind.TORCHSCRIPT || kind == Kind.ONNX || normalisation.equals(Normalisation.NONE),
        "--mean and --std are for TorchScript and .onnx files");
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", but the model was " + text);
    }
  }

  private Subject torchScript(Shape known) {
    DjlModel model =
        DjlModel.torchScript(
            Path.of(text),
            DjlOptions.of(known)
                .withDomain(domain)
                .withNormalisation(normalisation)
                .withDevice(gpu ? Device.gpu() : Device.cpu()));
    return new Subject.WhiteBox(model, model::close);
  }

  private Subject onnx() {
    OnnxOptions options =
        OnnxOptions.standard().withDomain(domain).withNormalisation(normalisation);
    options = shape.map(options::withInputShape).orElse(options);
    options = output.map(options::withOutput).orElse(options);
    if (gradients.equals(Optional.of(Gradients.onnxruntime))) {
      OnnxRuntimeModel model = OnnxRuntimeModel.open(Path.of(text), options);
      return new Subject.BlackBox(model, model::close);
    }
    OnnxModel model = OnnxModel.open(Path.of(text), options);
    return new Subject.WhiteBox(model, model::close);
  }

  private Subject sameDiff(Nd4jOptions options) {
    Path file = Path.of(text);
    SameDiffModel model =
        input.isPresent() && output.isPresent()
            ? SameDiffModel.open(file, input.get(), output.get(), options)
            : SameDiffModel.open(file, options);
    return new Subject.WhiteBox(model);
  }

  private HttpModel server() {
    OpenInference endpoint = OpenInference.of(URI.create(text));
    endpoint = shape.map(endpoint::withInputShape).orElse(endpoint);
    endpoint = input.map(endpoint::withInput).orElse(endpoint);
    endpoint = output.map(endpoint::withOutput).orElse(endpoint);
    return HttpModel.of(endpoint, HttpOptions.standard().withDomain(domain).withHeaders(headers));
  }
}
