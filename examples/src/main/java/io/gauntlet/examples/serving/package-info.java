/**
 * A guarded model behind HTTP: a small server that speaks the Open Inference Protocol. Short enough
 * to be read before it is trusted; {@link io.gauntlet.examples.serving.GuardedServer} is where to
 * begin.
 *
 * <pre>{@code
 * ApiKeys clients = ApiKeys.none().with("alice", keyOfAlice);
 * PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
 * try (AuditLog audit = AuditLog.of(Path.of("audit.jsonl"));
 *     GuardedServer server =
 *         GuardedServer.start(
 *             new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080),
 *             GuardedModel.of(model).guardedBy(guards).withAudit(new GuardMeters(registry)),
 *             ServerOptions.of("sentiment", clients),
 *             audit,
 *             registry)) {
 *   ...
 * }
 * }</pre>
 */
@NullMarked
package io.gauntlet.examples.serving;

import org.jspecify.annotations.NullMarked;
