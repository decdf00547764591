package io.gauntlet.examples.serving;

import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Reply;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is answered to whom, without sockets: a servlet or a reactive handler can stand in front of
 * it as well.
 */
final class Endpoint {
  private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(?<key>\\S+)");
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final GuardedModel guarded;
  private final ServerOptions options;
  private final Supplier<String> meters;
  private final Documents documents;

  /** A request, its body not yet read. */
  interface Request {
    String method();

    /** Decoded, without the query. */
    String path();

    /** The only value of a header field; empty if there is none or more. */
    Optional<String> header(String name);

    byte[] body() throws Refusal;
  }

  Endpoint(GuardedModel guarded, ServerOptions options, Supplier<String> meters) {
    this.guarded = guarded;
    this.options = options;
    this.meters = meters;
    documents = new Documents(guarded.unguarded(), options.model(), options.version());
  }

  /**
   * The response, and what became known on the way, in {@code visit}. Whoever has no key learns
   * nothing but that, not even which addresses there are.
   */
  Response respond(Request request, Visit visit) throws Refusal {
    Route route = Route.of(request.path(), options.model(), options.version());
    visit.leadsTo(route);
    if (!route.isPublic()) {
      visit.isFrom(caller(request, route));
    }
    if (route == Route.NONE) {
      throw new Refusal(Outcome.NOT_FOUND, "there is nothing at this address");
    }
    if (!request.method().equals(route.method())) {
      return Response.error(
              Outcome.WRONG_METHOD, "this address takes %s only".formatted(route.method()))
          .with("Allow", route.method());
    }
    return switch (route) {
      case LIVE -> Response.json(Documents.health("live"));
      case READY -> Response.json(Documents.health("ready"));
      case SERVER -> Response.json(documents.server());
      case MODEL -> Response.json(documents.model());
      case MODEL_READY -> Response.json(documents.modelReady());
      case METRICS -> Response.text(PROMETHEUS, meters.get());
      case INFER -> infer(request, visit);
      case NONE -> throw new IllegalStateException("refused above");
    };
  }

  private String caller(Request request, Route route) throws Refusal {
    ApiKeys keys = route == Route.METRICS ? options.operators() : options.clients();
    Matcher bearer = BEARER.matcher(request.header("Authorization").orElse(""));
    if (bearer.matches()) {
      Optional<String> client = keys.clientOf(bearer.group("key"));
      if (client.isPresent()) {
        return client.get();
      }
    }
    throw new Refusal(
        Outcome.UNKNOWN_KEY, "a request needs Authorization: Bearer and a key that is known here");
  }

  private Response infer(Request request, Visit visit) throws Refusal {
    requireJson(request);
    InferenceRequest question =
        InferenceReader.read(request.body(), guarded.unguarded().inputShape(), options.mostRows());
    visit.asksAbout(question.inputs().rows());
    Reply reply = guarded.ask(visit.client(), question.inputs());
    if (reply instanceof Reply.Answered answered) {
      visit.raised(answered.alarms());
      return Response.json(documents.answer(question, answered));
    }
    if (reply instanceof Reply.Limited limited) {
      Response response = Response.error(Outcome.LIMITED, limited.reason());
      return limited
          .retryAfterSeconds()
          .map(seconds -> response.with("Retry-After", String.valueOf(seconds)))
          .orElse(response);
    }
    if (reply instanceof Reply.Invalid invalid) {
      throw new Refusal(Outcome.OUT_OF_DOMAIN, invalid.reason());
    }
    throw ((Reply.Failed) reply).cause();
  }

  private static void requireJson(Request request) throws Refusal {
    String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.split(";", 2)[0].strip().equals("application/json")) {
      throw new Refusal(Outcome.UNSUPPORTED, "Content-Type must be application/json");
    }
    if (request.header("Content-Encoding").isPresent()) {
      throw new Refusal(Outcome.UNSUPPORTED, "Content-Encoding must not be there");
    }
  }
}
