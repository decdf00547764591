package io.gauntlet.examples.serving;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The addresses of a server: those of the Open Inference Protocol, and the meters. */
enum Route {
  LIVE("GET"),
  READY("GET"),
  SERVER("GET"),
  MODEL("GET"),
  MODEL_READY("GET"),
  INFER("POST"),
  METRICS("GET"),
  NONE("GET");

  private static final Pattern OF_MODEL =
      Pattern.compile(
          "/v2/models/(?<name>[^/]+)(/versions/(?<version>[^/]+))?(?<action>/ready|/infer|)");

  private final String method;

  Route(String method) {
    this.method = method;
  }

  /** Where a path leads; other models and versions lead nowhere. */
  static Route of(String path, String model, String version) {
    return switch (path) {
      case "/v2/health/live" -> LIVE;
      case "/v2/health/ready" -> READY;
      case "/v2" -> SERVER;
      case "/metrics" -> METRICS;
      default -> ofModel(OF_MODEL.matcher(path), model, version);
    };
  }

  private static Route ofModel(Matcher path, String model, String version) {
    if (!path.matches() || !path.group("name").equals(model)) {
      return NONE;
    }
    if (path.group("version") != null && !path.group("version").equals(version)) {
      return NONE;
    }
    return switch (path.group("action")) {
      case "/infer" -> INFER;
      case "/ready" -> MODEL_READY;
      default -> MODEL;
    };
  }

  String method() {
    return method;
  }

  /** Orchestrators probe without a key. */
  boolean isPublic() {
    return this == LIVE || this == READY;
  }

  /** In logs and meters. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
