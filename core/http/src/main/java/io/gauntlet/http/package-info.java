/**
 * Models behind a URL: servers of the Open Inference Protocol, version 2 (KServe, Triton, Seldon,
 * MLflow, TorchServe), and any other JSON by two functions. Needs {@code io.gauntlet:gauntlet-http}
 * and nothing but the JDK's own client.
 *
 * <pre>{@code
 * HttpModel model =
 *     HttpModel.of(
 *         OpenInference.of(URI.create("https://models.example.com/v2/models/digits")),
 *         HttpOptions.standard()
 *             .withHeaders(() -> Map.of("Authorization", "Bearer " + token())));
 *
 * HttpModel other =
 *     HttpModel.json(
 *         URI.create("https://models.example.com/score"),
 *         Shape.of(30),
 *         batch -> gson.toJson(Map.of("rows", rows(batch))),
 *         body -> gson.fromJson(body, float[][].class),
 *         HttpOptions.standard().withDomain(domain));
 * }</pre>
 *
 * <p><b>What is taken.</b> One tensor of floats in ({@code FP32}, {@code FP64}), one of scores out,
 * of shape (rows, classes). Integer inputs are refused, since what an attack finds between two
 * integers would be rounded away in silence; so are several inputs, and outputs that hold labels.
 * Two functions can speak to all of these. Where a server describes too little, as many
 * scikit-learn runtimes do, {@link io.gauntlet.http.OpenInference} is told the rest: {@code
 * withInputShape}, {@code withOutput("predict_proba")}. Tried on MLServer 1.7.1 ({@code
 * RealServerTrial} among the examples).
 *
 * <p><b>Probabilities.</b> Most servers give them, and attacks need logits. They are not turned
 * into any here; the report's caveat says so. Serve the logits beside them if you can.
 *
 * <p><b>Queries.</b> Every example that is sent counts, whatever comes back: {@link
 * io.gauntlet.http.HttpModel#queries} counts them all, and an evaluation charges those of an attack
 * to its budget, retries included. The server is asked again only if it says that it is busy
 * (status 429 or 503), as often and as late as {@link io.gauntlet.http.Retries} and the server's
 * {@code Retry-After} allow. Everything else that is not an answer ends the run with an {@link
 * io.gauntlet.http.HttpModelException}, whose {@code reason()} says what came; a run with a
 * checkpoint goes on from there.
 *
 * <p><b>Credentials</b> go into header fields, asked for before every request, and are sent to the
 * given address alone: redirects are not followed. No message, report or fingerprint holds them,
 * nor the query of an address, even where the server repeats them. Proxies, trust and client
 * certificates are those of the JVM ({@code -Dhttps.proxyHost}, {@code javax.net.ssl.trustStore}).
 *
 * <p><b>Weights.</b> From outside nobody sees whether they changed: name them by {@link
 * io.gauntlet.http.HttpOptions#version} if you use checkpoints or compare reports.
 */
@NullMarked
package io.gauntlet.http;

import org.jspecify.annotations.NullMarked;
