package io.gauntlet.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a server may do instead of answering. */
@FunctionalInterface
interface Fault {
  /**
   * Does it.
   *
   * @param right the answer that it would have given
   */
  void strike(HttpExchange exchange, String right) throws IOException, InterruptedException;

  /** No fault at all. */
  static Fault none() {
    return (exchange, right) -> send(exchange, 200, right);
  }

  static Fault status(int status, Map<String, String> headers) {
    return (exchange, right) -> {
      headers.forEach(exchange.getResponseHeaders()::set);
      send(exchange, status, "{\"error\":\"status " + status + "\"}");
    };
  }

  static Fault busy(int status) {
    return status(status, Map.of("Retry-After", "0"));
  }

  static Fault body(String body) {
    return (exchange, right) -> send(exchange, 200, body);
  }

  /** The right answer but for one thing in it, which must be there. */
  static Fault instead(String part, String replacement) {
    return (exchange, right) -> {
      if (!right.contains(part)) {
        throw new AssertionError(part + " is not in " + right);
      }
      send(exchange, 200, right.replace(part, replacement));
    };
  }

  static Fault closedSocket() {
    return (exchange, right) -> exchange.close();
  }

  /** Promises the whole answer and sends the first half. */
  static Fault halfAnAnswer() {
    return (exchange, right) -> {
      byte[] bytes = right.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
      exchange.close();
    };
  }

  /** Sends nothing at all for ever; ends when the server does. */
  static Fault silence() {
    return (exchange, right) -> Thread.sleep(Long.MAX_VALUE);
  }

  /** Sends the head and the first byte, and nothing more for ever; ends when the server does. */
  static Fault silenceAfterTheHead() {
    return (exchange, right) -> {
      exchange.sendResponseHeaders(200, right.length());
      exchange.getResponseBody().write(right.charAt(0));
      exchange.getResponseBody().flush();
      Thread.sleep(Long.MAX_VALUE);
    };
  }

  /** Sends spaces without an end. */
  static Fault endless() {
    return (exchange, right) -> {
      exchange.sendResponseHeaders(200, 0);
      while (true) {
        exchange.getResponseBody().write(" ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
