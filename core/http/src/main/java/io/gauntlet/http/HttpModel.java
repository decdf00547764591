package io.gauntlet.http;

import io.gauntlet.http.HttpModelException.Reason;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.RetryingModel;
import io.gauntlet.model.Shape;
import java.net.URI;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model behind a URL. It gives scores and no gradients, so black-box attacks fit; thread-safe.
 *
 * <p>Making one asks the server about one or two points of the domain: that tells the number of
 * classes, and that the address, the shapes and the credentials are right.
 */
public final class HttpModel implements RetryingModel {
  private final Protocol protocol;
  private final HttpOptions options;
  private final Channel channel;
  private final AtomicLong queries = new AtomicLong();
  private final int classes;

  private HttpModel(Protocol protocol, HttpOptions options, Channel channel) {
    this.protocol = protocol;
    this.options = options;
    this.channel = channel;
    classes = ask(probe(), OptionalInt.empty(), again -> {})[0].length;
  }

  /**
   * A model on a server that speaks the Open Inference Protocol, version 2.
   *
   * @throws HttpModelException if the server cannot be reached, knows no such model, or gives no
   *     scores
   * @throws IllegalArgumentException if the model does not take one tensor of floats, or something
   *     must be known that the server does not say
   */
  public static HttpModel of(OpenInference endpoint, HttpOptions options) {
    Channel channel = new Channel(options);
    Tensors tensors = Tensors.of(endpoint, channel.get(endpoint.metadata()));
    return new HttpModel(tensors, options, channel);
  }

  /**
   * A model behind any API that takes and gives JSON, or other text, by {@code POST}.
   *
   * @param request the body that asks about a batch of shape (rows, features)
   * @param scores one row of scores for each input, in order, from the body of a successful answer;
   *     whatever it throws is an answer that cannot be read
   * @throws HttpModelException if the server cannot be reached or gives no scores
   */
  public static HttpModel json(
      URI uri,
      Shape inputShape,
      Function<Batch, String> request,
      Function<String, float[][]> scores,
      HttpOptions options) {
    Protocol protocol = new ByFunctions(Address.check(uri), inputShape, request, scores);
    return new HttpModel(protocol, options, new Channel(options));
  }

  /** One or two points well inside the domain; two, to see that the server answers both. */
  private Batch probe() {
    domain().check(Batch.wrap(inputShape().size(), new float[0])); // as many ranges as features
    float[][] points = new float[Math.min(2, mostRows())][inputShape().size()];
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < points[i].length; j++) {
        float share = 0.5f / (i + 1);
        points[i][j] = (1 - share) * domain().lower(j) + share * domain().upper(j);
      }
    }
    return Batch.of(points);
  }

  private int mostRows() {
    return Math.min(options.batch(), protocol.mostRows());
  }

  @Override
  public Shape inputShape() {
    return protocol.inputShape();
  }

  @Override
  public Domain domain() {
    return options.domain();
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public Concurrency concurrency() {
    return new Concurrency(options.connections(), mostRows(), true);
  }

  /**
   * The address without its query, what the server says of name and version, and {@link
   * HttpOptions#version}: nobody can see from here whether the weights have changed.
   */
  @Override
  public String fingerprint() {
    return Stream.of(
            "HttpModel", Address.of(protocol.uri()), protocol.identity(), options.version())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /**
   * Examples sent to the server so far, retries and the first look included, answered or not;
   * requests that were cancelled on their way count too.
   */
  public long queries() {
    return queries.get();
  }

  @Override
  public Batch logits(Batch inputs, Consumer<Batch> again) {
    if (inputs.width() != inputShape().size()) {
      throw new IllegalArgumentException(
          "inputs must have %s values in a row, but had %s"
              .formatted(inputShape().size(), inputs.width()));
    }
    float[] scores = new float[Math.multiplyExact(inputs.rows(), classes)];
    int next = 0;
    for (int from = 0; from < inputs.rows(); from += mostRows()) {
      int to = Math.min(inputs.rows(), from + mostRows());
      for (float[] row : ask(inputs.slice(from, to), OptionalInt.of(classes), again)) {
        System.arraycopy(row, 0, scores, next, classes);
        next += classes;
      }
    }
    return inputs.withValues(classes, scores);
  }

  /**
   * One request and its retries; the scores are checked, against the number of classes if known.
   */
  private float[][] ask(Batch some, OptionalInt known, Consumer<Batch> again) {
    requireFinite(some);
    Answer answer =
        channel.post(
            protocol.uri(),
            protocol.request(some),
            attempt -> {
              if (attempt > 0) {
                again.accept(some);
              }
              queries.addAndGet(some.rows());
            });
    float[][] scores = protocol.scores(answer);
    requireScores(some, scores, known, answer);
    return scores;
  }

  private static void requireFinite(Batch inputs) {
    for (int i = 0; i < inputs.rows(); i++) {
      for (int j = 0; j < inputs.width(); j++) {
        if (!Float.isFinite(inputs.get(i, j))) { // JSON has no word for it
          throw new IllegalArgumentException(
              "inputs must be finite, but feature %s of example %s was %s"
                  .formatted(j, inputs.example(i), inputs.get(i, j)));
        }
      }
    }
  }

  @SuppressWarnings("NullAway") // a function may make null of JSON's null
  private static void requireScores(
      Batch inputs, float[][] scores, OptionalInt known, Answer answer) {
    if (scores == null || scores.length != inputs.rows()) {
      throw answer.is(
          Reason.WRONG_SHAPE,
          "%s rows".formatted(scores == null ? "no" : scores.length),
          "one row of scores for each of %s inputs".formatted(inputs.rows()));
    }
    int expected = known.orElse(scores[0] == null ? 2 : Math.max(2, scores[0].length));
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] == null || scores[i].length != expected) {
        throw answer.is(
            Reason.WRONG_SHAPE,
            "%s for example %s"
                .formatted(scores[i] == null ? "none" : scores[i].length, inputs.example(i)),
            "%s scores for each input".formatted(expected));
      }
      for (int k = 0; k < expected; k++) {
        if (!Float.isFinite(scores[i][k])) {
          throw answer.is(
              Reason.NOT_FINITE,
              "%s for class %s of example %s".formatted(scores[i][k], k, inputs.example(i)),
              "finite scores");
        }
      }
    }
  }
}
