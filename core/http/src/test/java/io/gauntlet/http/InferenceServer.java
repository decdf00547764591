package io.gauntlet.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small server of the Open Inference Protocol, version 2, on the loopback interface: one model,
 * named {@code net}, with a tensor {@code pixels} in and {@code logits} out. Holds a queue of
 * faults; each request for an answer takes one, while there are any.
 */
final class InferenceServer implements AutoCloseable {
  static {
    // otherwise head and body of every answer are 40 ms apart
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Model model;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final AtomicLong examples = new AtomicLong();
  private final List<Headers> requests = new CopyOnWriteArrayList<>();
  private volatile String metadata;

  private InferenceServer(Model model, HttpServer server) {
    this.model = model;
    this.server = server;
    metadata = description("FP32", -1);
  }

  static InferenceServer of(Model model) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      InferenceServer server =
          new InferenceServer(model, HttpServer.create(new InetSocketAddress(loopback, 0), 0));
      server.server.createContext("/v2/models/net", server::describe);
      server.server.createContext("/v2/models/net/infer", server::infer);
      server.server.setExecutor(server.threads);
      server.server.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException("the loopback interface must be there", e);
    }
  }

  String description(String datatype, int rows) {
    return """
        {"name":"net","versions":["1"],"platform":"java",
         "inputs":[{"name":"pixels","datatype":"%s","shape":[%s%s]}],
         "outputs":[{"name":"logits","datatype":"FP32","shape":[-1,%s]}]}
        """
        .formatted(datatype, rows, axes(model.inputShape()), model.classes());
  }

  private static String axes(Shape shape) {
    StringBuilder axes = new StringBuilder();
    shape.sizes().forEach(size -> axes.append(',').append(size));
    return axes.toString();
  }

  /** Describes the model in other words. */
  InferenceServer describing(String newMetadata) {
    metadata = newMetadata;
    return this;
  }

  /** The next requests for an answer will get these. */
  void strikeNext(Fault... next) {
    faults.addAll(List.of(next));
  }

  boolean hasStruck() {
    return faults.isEmpty();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  OpenInference endpoint() {
    return OpenInference.at(address(), "net");
  }

  /** Examples it was asked about, whatever it answered. */
  long examples() {
    return examples.get();
  }

  /** Header fields of all requests, for the description too. */
  List<Headers> requests() {
    return requests;
  }

  private void describe(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestHeaders());
    boolean known = exchange.getRequestURI().getPath().equals("/v2/models/net");
    Fault.send(exchange, known ? 200 : 404, known ? metadata : "{\"error\":\"no such model\"}");
  }

  private void infer(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestHeaders());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Batch inputs = inputs(body);
    examples.addAndGet(inputs.rows());
    Fault fault = faults.poll();
    if (fault == null) {
      Fault.send(exchange, 200, answer(inputs));
      return;
    }
    try {
      fault.strike(exchange, answer(inputs));
    } catch (InterruptedException e) {
      exchange.close();
    }
  }

  private Batch inputs(String body) {
    JsonObject tensor =
        JsonParser.parseString(body)
            .getAsJsonObject()
            .getAsJsonArray("inputs")
            .get(0)
            .getAsJsonObject();
    List<Integer> shape = new ArrayList<>();
    tensor.getAsJsonArray("shape").forEach(size -> shape.add(size.getAsInt()));
    JsonArray data = tensor.getAsJsonArray("data");
    float[] values = new float[data.size()];
    int next = 0;
    for (JsonElement value : data) {
      values[next++] = value.getAsFloat();
    }
    Batch inputs = Batch.wrap(model.inputShape().size(), values);
    if (!tensor.get("name").getAsString().equals("pixels")
        || inputs.rows() != shape.get(0)
        || !shape.subList(1, shape.size()).equals(model.inputShape().sizes())) {
      throw new AssertionError("not what the protocol says: " + body);
    }
    return inputs;
  }

  private String answer(Batch inputs) {
    Batch logits = model.logits(inputs);
    JsonArray data = new JsonArray();
    for (int i = 0; i < logits.rows(); i++) {
      for (int k = 0; k < logits.width(); k++) {
        data.add(logits.get(i, k));
      }
    }
    return """
        {"model_name":"net","model_version":"1","id":"7","outputs":[{"name":"logits",\
        "datatype":"FP32","shape":[%s,%s],"data":%s}]}"""
        .formatted(logits.rows(), logits.width(), data);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
