package io.gauntlet.examples.serving;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.monitor.GuardMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** A served model, its audit log, and clients that speak HTTP letter by letter. */
final class ServedModel implements AutoCloseable {
  static final String KEY = "alice-7f1c0a93e2d84b65";
  static final String OTHER_KEY = "bob-51b07a4cf9e8d263";
  static final String OPERATOR_KEY = "operator-c2d9e8f7a6b50413";
  private static final String INFER = "/v2/models/net/infer";

  private final Path log;
  private final AuditLog audit;
  private final GuardedServer server;

  private ServedModel(Path log, AuditLog audit, GuardedServer server) {
    this.log = log;
    this.audit = audit;
    this.server = server;
  }

  static ServedModel start(Path folder, GuardedModel guarded, UnaryOperator<ServerOptions> change) {
    try {
      Path log = folder.resolve("audit.jsonl");
      AuditLog audit = AuditLog.of(log);
      ApiKeys clients = ApiKeys.none().with("alice", KEY).with("bob", OTHER_KEY);
      ServerOptions options =
          ServerOptions.of("net", clients)
              .withOperators(ApiKeys.none().with("operator", OPERATOR_KEY));
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      GuardedServer server =
          GuardedServer.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              guarded.withAudit(new GuardMeters(registry)),
              change.apply(options),
              audit,
              registry);
      return new ServedModel(log, audit, server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GuardedServer server() {
    return server;
  }

  AuditLog audit() {
    return audit;
  }

  URI address() {
    return server.address();
  }

  /** The lines of the audit log so far. */
  List<JsonObject> lines() {
    try {
      return Files.readAllLines(log).stream()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String logText() throws IOException {
    return Files.readString(log);
  }

  Socket connect() throws IOException {
    return new Socket(server.address().getHost(), server.address().getPort());
  }

  /** A question to the model. */
  Answer ask(String body) throws IOException {
    return send("POST", INFER, "Bearer " + KEY, body.getBytes(UTF_8));
  }

  Answer get(String path, String authorization) throws IOException {
    return send("GET", path, authorization, new byte[0]);
  }

  Answer send(String method, String path, String authorization, byte[] body) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(head(method, path, authorization, body.length));
      socket.getOutputStream().write(body);
      return Answer.from(socket.getInputStream());
    }
  }

  static byte[] head(String method, String path, String authorization, long length) {
    String field = authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
    return """
        %s %s HTTP/1.1
        Host: localhost
        %sContent-Type: application/json
        Content-Length: %s
        Connection: close

        """
        .replace("\n", "\r\n")
        .formatted(method, path, field, String.valueOf(length))
        .getBytes(US_ASCII);
  }

  static byte[] inferHead(long length) {
    return head("POST", INFER, "Bearer " + KEY, length);
  }

  /** A question about one input of two features. */
  static String question(String data) {
    return """
        {"inputs":[{"name":"features","shape":[1,2],"datatype":"FP32","data":[%s]}]}"""
        .formatted(data);
  }

  /** What came back, to the letter. */
  record Answer(int status, String head, String body) {
    Answer withoutBody() {
      return new Answer(status, head, "");
    }

    static Answer from(InputStream in) throws IOException {
      String all = new String(in.readAllBytes(), UTF_8);
      int end = all.indexOf("\r\n\r\n");
      if (end < 0) {
        throw new IOException("no HTTP came back, but " + all);
      }
      return new Answer(
          Integer.parseInt(all.substring(9, 12)), all.substring(0, end), all.substring(end + 4));
    }
  }

  @Override
  public void close() {
    server.close();
    try {
      audit.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
