package io.gauntlet.http;

import io.gauntlet.model.Shape;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model on a server that speaks the <a
 * href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>, version 2,
 * in JSON over HTTP. What is left open is taken from what the server says of the model, where it
 * says it: many scikit-learn runtimes do not.
 *
 * @param server address up to where {@code /v2} begins; http or https, no user information
 * @param model its name there
 * @param version its version there; the server's choice if empty
 * @param input name of the tensor that takes the features
 * @param inputShape shape of one example, without the batch axis
 * @param output name of the tensor that holds the scores
 */
public record OpenInference(
    URI server,
    String model,
    Optional<String> version,
    Optional<String> input,
    Optional<Shape> inputShape,
    Optional<String> output) {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<server>[^?#]*)/v2/models/(?<name>[^/?#]+)(/versions/(?<version>[^/?#]+))?(/infer)?/?");

  /** Checks the address. */
  public OpenInference {
    Address.check(server);
    if (server.getRawQuery() != null || server.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the address of a server must end with its path, but that of %s goes on"
              .formatted(Address.of(server)));
    }
    if (model.isEmpty()) {
      throw new IllegalArgumentException("a model must have a name, but had none");
    }
  }

  /** The model of this name; everything else as the server says. */
  public static OpenInference at(URI server, String model) {
    return new OpenInference(
        server, model, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * The model at this address, {@code SERVER/v2/models/NAME} or {@code
   * SERVER/v2/models/NAME/versions/VERSION}, with or without {@code /infer} after it; everything
   * else as the server says.
   */
  public static OpenInference of(URI address) {
    Matcher parts = ADDRESS.matcher(String.valueOf(address));
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "the address of a model must end with /v2/models/NAME, and perhaps /versions/VERSION, but"
              + " was "
              + Address.of(Address.check(address)));
    }
    OpenInference endpoint = at(URI.create(parts.group("server")), decoded(parts.group("name")));
    String version = parts.group("version");
    return version == null ? endpoint : endpoint.withVersion(decoded(version));
  }

  /** A certain version. */
  public OpenInference withVersion(String newVersion) {
    return new OpenInference(server, model, Optional.of(newVersion), input, inputShape, output);
  }

  /** A certain input tensor. */
  public OpenInference withInput(String newInput) {
    return new OpenInference(server, model, version, Optional.of(newInput), inputShape, output);
  }

  /** A certain input shape. */
  public OpenInference withInputShape(Shape newInputShape) {
    return new OpenInference(server, model, version, input, Optional.of(newInputShape), output);
  }

  /** A certain output tensor. */
  public OpenInference withOutput(String newOutput) {
    return new OpenInference(server, model, version, input, inputShape, Optional.of(newOutput));
  }

  /** Where the server describes the model. */
  URI metadata() {
    String root = server.toString().replaceFirst("/+$", "");
    String atVersion = version.map(name -> "/versions/" + encoded(name)).orElse("");
    return URI.create(root + "/v2/models/" + encoded(model) + atVersion);
  }

  /** Where the model answers. */
  URI infer() {
    return URI.create(metadata() + "/infer");
  }

  private static String decoded(String name) {
    return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
