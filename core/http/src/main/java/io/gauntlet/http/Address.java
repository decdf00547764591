package io.gauntlet.http;

import java.net.URI;

/** Where a server listens. */
final class Address {
  private Address() {}

  /** Returns {@code uri}, which must be an http or https address without user information. */
  static URI check(URI uri) {
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      throw new IllegalArgumentException(
          "an address must begin with http:// or https://, but was " + of(uri));
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("an address must name a host, but did not");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "credentials belong in header fields, but the address of %s holds some"
              .formatted(uri.getHost()));
    }
    return uri;
  }

  /** For messages: without user information and query, which may hold credentials. */
  static String of(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
  }
}
