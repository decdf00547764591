package io.gauntlet.examples.serving;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gauntlet.defenses.GuardedModel;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A guarded model on a port, asked in the <a
 * href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>, version 2,
 * as JSON over HTTP; a small server on nothing but the JDK's own.
 *
 * <p>A request goes through, in this order: address and API key ({@code Authorization: Bearer}),
 * method, size and form of the body, the guards and the model; the {@link AuditLog}; the client. An
 * answer that cannot be audited does not leave. {@code /metrics} shows the meters, in the text
 * format of Prometheus, to operators.
 *
 * <p>Limits: no TLS, so it belongs on the loopback interface, behind a proxy that has it. What is
 * not HTTP at all never reaches it: the JDK's server answers with 400 or closes the connection, and
 * nothing is audited. One thread serves one request.
 */
public final class GuardedServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GuardedServer.class.getName());
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  static {
    // read once, when the JVM makes its first server: whoever has set them keeps them
    preset("sun.net.httpserver.nodelay", "true"); // else 40 ms between head and body of an answer
    preset("sun.net.httpserver.maxReqTime", "60"); // seconds; for heads that never end
  }

  private final HttpServer server;
  private final Duration grace;
  private final AuditLog audit;
  private final Endpoint endpoint;
  private final Exchange.Limits limits;
  private final Traffic traffic = new Traffic();
  private final Meters meters;
  private final InstantSource clock = Clock.systemUTC();
  private final AtomicLong requests = new AtomicLong();
  private final ExecutorService threads;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(daemons("gauntlet-server-watch"));

  private GuardedServer(
      HttpServer server,
      GuardedModel guarded,
      ServerOptions options,
      AuditLog audit,
      PrometheusMeterRegistry registry) {
    this.server = server;
    this.audit = audit;
    grace = options.grace();
    limits = new Exchange.Limits(options.largestBody(), options.patience(), watch);
    endpoint = new Endpoint(guarded, options, registry::scrape);
    meters = new Meters(registry, traffic);
    threads = threads(options.threads());
  }

  private static void preset(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private static ExecutorService threads(int most) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            most,
            most,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons("gauntlet-server"));
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * Starts to serve.
   *
   * @param address port 0 for any that is free
   * @param audit stays the caller's to close, after the server
   * @param registry meters of requests go there; those of the guards too, if they were bound to it
   * @throws IOException if nobody can listen there
   */
  public static GuardedServer start(
      InetSocketAddress address,
      GuardedModel guarded,
      ServerOptions options,
      AuditLog audit,
      PrometheusMeterRegistry registry)
      throws IOException {
    HttpServer http = HttpServer.create(address, 0);
    GuardedServer server = new GuardedServer(http, guarded, options, audit, registry);
    http.createContext("/", server::serve);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  /** Where it listens. */
  public URI address() {
    InetSocketAddress at = server.getAddress();
    return URI.create("http://%s:%s".formatted(at.getAddress().getHostAddress(), at.getPort()));
  }

  /** Whether requests are under way. */
  public boolean isBusy() {
    return traffic.underway() > 0;
  }

  private void serve(HttpExchange http) {
    boolean open = traffic.enter();
    try {
      Visit visit = new Visit(requests.incrementAndGet(), clock.instant());
      Exchange exchange =
          new Exchange(http, visit, limits, this::book, failure -> meters.undelivered());
      exchange.finish(open ? respond(exchange, visit) : closing());
    } finally {
      http.close();
      traffic.leave();
    }
  }

  private Response respond(Exchange exchange, Visit visit) {
    try {
      return endpoint.respond(exchange, visit);
    } catch (Refusal refusal) {
      return Response.refusal(refusal);
    } catch (RuntimeException e) {
      // what guards and models throw knows of no key: they never get to see one
      LOG.log(System.Logger.Level.ERROR, "request " + visit.number() + " has failed", e);
      return Response.error(Outcome.FAILED, "the model has failed");
    }
  }

  /** An answer that cannot be audited does not leave. */
  private Response book(Visit visit, Response response) {
    Instant now = clock.instant();
    AuditLine line = visit.line(response.outcome(), now);
    try {
      audit.append(line);
      meters.count(line);
      return response;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "request " + visit.number() + " was not audited", e);
      meters.count(visit.line(Outcome.FAILED, now));
      meters.unaudited();
      return Response.error(Outcome.FAILED, "the request could not be audited");
    }
  }

  private static Response closing() {
    return Response.error(Outcome.CLOSING, "the server is closing");
  }

  @Override
  public String toString() {
    return "GuardedServer at " + address();
  }

  /**
   * Serves nothing new, with status 503, lets what is under way come to its end for as long as the
   * grace lasts, and stops listening. Any thread may call it, at any time, more than once.
   */
  @Override
  public void close() {
    awaitQuiet(grace);
    threads.shutdownNow(); // interrupts whoever is left ...
    awaitQuiet(LAST_LINES); // ... and still has an end to book
    server.stop(0);
    watch.shutdownNow();
  }

  private void awaitQuiet(Duration most) {
    try {
      traffic.close(most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // no grace then
    }
  }
}
